import { assertEquals } from "@std/assert";
import { writeHistory } from "../../src/train/history.ts";
import { madeHistory } from "./made_history.ts";

Deno.test("writeHistory() writes one epoch a line, whole", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/history.jsonl`;
  try {
    const history = madeHistory(3);
    await writeHistory(path, history);
    const lines = (await Deno.readTextFile(path)).split("\n");
    assertEquals(lines.pop(), "");
    assertEquals(lines.map((line) => JSON.parse(line)), history);
    await writeHistory(path, []);
    assertEquals(await Deno.readTextFile(path), "");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
