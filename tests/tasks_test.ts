/** Every task of deno.json as its user meets it: described, with help, strict about its flags. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runTask, TASKS } from "./scripts/run_task.ts";

/** Tasks that are a line of Deno's own tools. */
const TOOLS = ["check"];

Deno.test("every task has a description", () => {
  for (const [name, { description }] of Object.entries(TASKS)) {
    assert(description, `${name} has no description`);
  }
});

for (const name of Object.keys(TASKS).filter((name) => !TOOLS.includes(name))) {
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
