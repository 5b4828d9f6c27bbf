/** Every task of deno.json as its user meets it: described, with help, strict about its flags. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

const ROOT = new URL("../", import.meta.url);
const CONFIG = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
const TASKS = Object.entries(CONFIG.tasks as Record<string, { description: string }>);

/** Tasks that are a line of Deno's own tools. */
const TOOLS = ["check"];

/** Runs a task by its own permissions. */
async function runTask(name: string, args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: ["task", "--quiet", name, ...args],
    cwd: ROOT,
    env: { DENO_NO_PROMPT: "1", NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("every task has a description", () => {
  for (const [name, { description }] of TASKS) assert(description, `${name} has no description`);
});

for (const [name] of TASKS.filter(([name]) => !TOOLS.includes(name))) {
  Deno.test(`deno task ${name} --help shows usage and examples`, async () => {
    const { code, stdout, stderr } = await runTask(name, ["--help"]);
    assertEquals(stderr, "");
    assertMatch(stdout, new RegExp(`^Usage: deno task ${name}\\b`, "m"));
    const [, examples = ""] = stdout.split("\nExamples:\n");
    assertStringIncludes(examples, `deno task ${name}`);
    assertEquals(code, 0);
  });

  Deno.test(`deno task ${name} refuses an unknown flag in one line, exit code 2`, async () => {
    const { code, stdout, stderr } = await runTask(name, ["--no-such-flag"]);
    assertMatch(stderr, new RegExp(`^${name}: [^\n]*'--no-such-flag'[^\n]*\n$`));
    assertEquals(stdout, "");
    assertEquals(code, 2);
  });
}
