/** `deno task test`: runs the tests, and ends by saying which were left out and why. */
import { dirname } from "node:path";
import { textFlag } from "./command/flags.ts";
import { countTests, leftOutReport } from "./command/left_out.ts";
import { type Arguments, type Command, runCommand } from "./command/run.ts";

const COMMAND: Command = {
  name: "test",
  summary: "Runs every test, or those of some files.",
  positionals: "[FILE...]",
  flags: {
    filter: {
      type: "string",
      value: "TEXT",
      help: "only tests with this in the name, or matching /this/",
    },
    "fail-fast": { type: "boolean", help: "stop at the first failure" },
  },
  examples: [
    "deno task test",
    "deno task test tests/color",
    "deno task test --filter xyzToLab",
    "REQUIRE_WEBGPU=1 deno task test   # fail where there is no WebGPU adapter",
    "POLYCHROMIFY_DATA=/data deno task test   # with the tests on real pictures",
  ],
};

/** Where tests/browser.ts looks for a browser. */
const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Tests spawn commands, write temporary files alone, and serve on loopback; nothing goes out. */
const PERMISSIONS = [
  "--allow-read",
  "--allow-env",
  "--allow-ffi=node_modules",
  `--allow-run=deno,/bin/sh,python3,/usr/bin/python3,${BROWSERS},${Deno.execPath()}`,
  "--allow-sys", // Playwright looks up the system
  "--allow-net=127.0.0.1,localhost,0.0.0.0",
];

await runCommand(COMMAND, async (args) => {
  const reportPath = await Deno.makeTempFile({ prefix: "polychromify-test-", suffix: ".xml" });
  try {
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: [
        "test",
        ...PERMISSIONS,
        `--allow-write=${dirname(reportPath)}`,
        `--junit-path=${reportPath}`,
        ...testArguments(args),
      ],
      env: testEnvironment(),
    }).spawn().status;
    const counts = countTests(await Deno.readTextFile(reportPath));
    for (const line of leftOutReport(counts)) console.error(line);
    const selected = counts.ran + counts.leftOut.size;
    if (code === 0 && selected === 0) throw new RangeError("Cannot test: no test was selected");
    return code === 0 ? 0 : 1;
  } finally {
    await Deno.remove(reportPath);
  }
});

function testArguments(args: Arguments): string[] {
  const filter = textFlag(args, "filter");
  return [
    ...(filter === undefined ? [] : [`--filter=${filter}`]),
    ...(args.values["fail-fast"] ? ["--fail-fast"] : []),
    ...(args.positionals.length > 0 ? args.positionals : ["tests"]),
  ];
}

/** Tests spawn this Deno by name. */
function testEnvironment(): Record<string, string> {
  return { PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH") ?? ""}` };
}
