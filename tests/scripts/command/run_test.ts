import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type Command,
  errorChain,
  helpText,
  parseCommandLine,
  UsageError,
} from "../../../scripts/command/run.ts";

const COMMAND: Command = {
  name: "paint",
  summary: "Paints.",
  positionals: "PHOTO...",
  flags: {
    out: { type: "string", short: "o", value: "DIR", help: "where to" },
    size: { type: "string", default: "64", help: "how large" },
    from: { type: "string", multiple: true, help: "where from" },
    json: { type: "boolean", help: "only JSON" },
  },
  examples: ["deno task paint a.jpg"],
};

Deno.test("parseCommandLine() gives flags, defaults and positional arguments", () => {
  const args = parseCommandLine(COMMAND, ["a", "-o", "d", "--from=x", "--from", "y", "--json"]);
  assertEquals({ ...args.values }, { out: "d", size: "64", from: ["x", "y"], json: true });
  assertEquals(args.positionals, ["a"]);
});

Deno.test("parseCommandLine() refuses what it does not know, in a line that names it", () => {
  const refusals: [string[], RegExp][] = [
    [["--colour"], /^Cannot read the command line: unknown option '--colour'$/],
    [["-z"], /unknown option '-z'/],
    [["--out"], /'-o, --out <value>' argument missing/],
    [["--json=1"], /'--json' does not take an argument/],
    [["--from", "-1"], /: --from must .+ a value, got -1; to give it that value, write --from=-1$/],
    [["--from", "a", "--from", "--json"], /: --from must be followed by a value, got --json;/],
    [["-o", "-1"], /: -o must be followed by a value, got -1$/],
  ];
  for (const [argv, message] of refusals) {
    const error = assertThrows(() => parseCommandLine(COMMAND, argv), UsageError);
    assertMatch(error.message, message);
  }
});

Deno.test("parseCommandLine() refuses positional arguments where a command takes none", () => {
  const command = { ...COMMAND, positionals: "" };
  const error = assertThrows(() => parseCommandLine(command, ["a.jpg"]), UsageError);
  assertStringIncludes(error.message, "'a.jpg'");
});

Deno.test("helpText() shows usage, every flag with its default, and examples", () => {
  const expected = [
    "Paints.",
    "",
    "Usage: deno task paint PHOTO... [flags]",
    "",
    "Flags:",
    "  -o, --out DIR     where to",
    "      --size VALUE  how large (default: 64)",
    "      --from VALUE  where from",
    "      --json        only JSON",
    "  -h, --help        print this",
    "",
    "Examples:",
    "  deno task paint a.jpg",
  ];
  assertEquals(helpText(COMMAND).split("\n"), expected);
});

Deno.test("errorChain() is one line from the error to its first cause", () => {
  const cause = new Error("disk full\n  (os error 28)");
  const error = new Error("Cannot save", { cause: new Error("Cannot write a.png", { cause }) });
  assertEquals(errorChain(error), "Cannot save: Cannot write a.png: disk full (os error 28)");
});

Deno.test("errorChain() tells nothing twice, and ends on a circle of causes", () => {
  const inner = new Error("disk full");
  const outer = new Error("Cannot save: disk full", { cause: inner });
  inner.cause = outer;
  assertEquals(errorChain(outer), "Cannot save: disk full");
});

Deno.test("errorChain() tells something of what is no error or has no message", () => {
  assertEquals(errorChain("stopped"), "stopped");
  assertEquals(errorChain(new RangeError()), "RangeError");
});

const exits: [what: string, argv: string[], code: number, stdout: RegExp, stderr: RegExp][] = [
  ["0 for success", ["done"], 0, /^done\n$/, /^$/],
  ["the code that main returns", ["three"], 3, /^$/, /^$/],
  ["0 for --help, without running", ["--help"], 0, /Examples:\n {2}deno task act\n$/, /^$/],
  ["1 for an error, in one line", ["fail"], 1, /^$/, /^act: Cannot act: out of paint\n$/],
  ["2 for wrong usage, in one line", ["--no-such"], 2, /^$/, /^act: .*--no-such.*--help\)\n$/],
];

for (const [what, argv, code, stdout, stderr] of exits) {
  Deno.test(`runCommand() exits with ${what}`, async () => {
    const output = await new Deno.Command("deno", {
      args: ["run", "--quiet", import.meta.resolve("./act.ts"), ...argv],
    }).output();
    const decoder = new TextDecoder();
    assertMatch(decoder.decode(output.stderr), stderr);
    assertMatch(decoder.decode(output.stdout), stdout);
    assertEquals(output.code, code);
  });
}
