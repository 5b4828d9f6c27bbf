/** A command that ends in every way, for the tests of `runCommand()`. */
import { runCommand } from "../../../scripts/command/run.ts";

const COMMAND = {
  name: "act",
  summary: "Acts.",
  positionals: "WHAT",
  flags: {},
  examples: ["deno task act"],
};

await runCommand(COMMAND, ({ positionals: [what] }) => {
  if (what === "fail") throw new Error("Cannot act", { cause: new Error("out of\npaint") });
  if (what === "done") console.log("done");
  return Promise.resolve(what === "three" ? 3 : undefined);
});
