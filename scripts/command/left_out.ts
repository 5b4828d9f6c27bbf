/** Says loudly which tests a run left out, and how to get them. */

/** How to get the tests that were left out, by what their reason starts with. */
const REMEDIES = [
  [
    "no WebGPU adapter",
    "`sh scripts/bootstrap.sh test` installs one; REQUIRE_WEBGPU=1 makes this a failure",
  ],
  [
    "no Chromium",
    "`sh scripts/bootstrap.sh test` installs it; REQUIRE_BROWSER=1 makes this a failure",
  ],
  ["no PyTorch", "install it for python3, as the package python3-torch or from pytorch.org"],
  ["no data", "point POLYCHROMIFY_DATA at the folder that holds the folders named here"],
] as const;

/** What became of the tests of a run. */
export interface TestCounts {
  ran: number;
  /** Names of the ignored tests by reason; tests that a filter took out are not among them. */
  leftOut: Map<string, string[]>;
}

/**
 * Counts the tests in a JUnit report that `deno test --junit-path` wrote.
 * The reason is what a name ends with, in the form ` [left out: REASON]`.
 */
export function countTests(junit: string): TestCounts {
  const counts: TestCounts = { ran: 0, leftOut: new Map() };
  for (const [, attributes = "", body = ""] of junit.matchAll(TEST_CASE)) {
    if (!body.includes("<skipped/>")) {
      counts.ran++;
    } else if (attributes.includes(" time=")) { // a test that a filter took out has no time
      const name = unescapeXml(/name="([^"]*)"/.exec(attributes)?.[1] ?? "");
      const [, bare = name, reason = "ignored in its file"] =
        /^(.*) \[left out: (.*)\]$/.exec(name) ?? [];
      counts.leftOut.set(reason, [...counts.leftOut.get(reason) ?? [], bare]);
    }
  }
  return counts;
}

/** The lines to end a run with; none when no test was left out. */
export function leftOutReport({ leftOut }: TestCounts): string[] {
  return [...leftOut].flatMap(([reason, names]) => {
    const remedy = REMEDIES.find(([start]) => reason.startsWith(start))?.[1];
    const tests = names.length === 1 ? "1 TEST" : `${names.length} TESTS`;
    return [
      `${tests} LEFT OUT: ${reason}${remedy === undefined ? "" : ` (${remedy})`}`,
      ...names.map((name) => `  ${name}`),
    ];
  });
}

const TEST_CASE = /<testcase ([^>]*)>([\s\S]*?)<\/testcase>/g;

function unescapeXml(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'").replaceAll("&amp;", "&");
}
