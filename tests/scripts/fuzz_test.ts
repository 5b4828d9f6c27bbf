import { assertEquals } from "@std/assert";
import { runTask } from "./run_task.ts";

Deno.test("fuzz finds nothing wrong with the server in its first 150 requests", async () => {
  const { code, stdout, stderr } = await runTask("fuzz", ["--runs", "150", "--seed", "11"]);
  assertEquals(code, 0, stdout + stderr);
  const { sent, goodSent, goodOk, problems } = JSON.parse(stdout);
  assertEquals([sent, goodSent, goodOk, problems], [150, 3, 3, []]);
});
