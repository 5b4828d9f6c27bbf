import { assertEquals } from "@std/assert";
import { startBackend } from "../../src/backend/start.ts";
import { seenBy } from "../../src/colorize/seen.ts";

await startBackend("wasm");

Deno.test("seenBy() mirrors all planes to the sides that a network takes", async () => {
  const lightness = Float32Array.of(1, 2, 3, 4); // 2x2, one of them twice: 1 2 | 3 4
  const hints = Float32Array.of(0, 0, 0, 64, -128, 1, 0, 0, 0, 0, 0, 0);
  const closer = [16, 16].map((length) => Float32Array.from({ length }, (_, i) => i)); // 4x4 both
  const size = { count: 1, heightPx: 2, widthPx: 2 };
  const seen = seenBy({ sizeMultiple: 3 }, { lightness, hints, closer }, size);
  assertEquals(seen.lightness.shape, [1, 3, 3, 1]);
  assertEquals([...await seen.lightness.data()], [1, 2, 2, 3, 4, 4, 3, 4, 4]);
  assertEquals(seen.hints!.shape, [1, 3, 3, 3]);
  const told = [...await seen.hints!.data()];
  assertEquals(told.slice(0, 9), [0, 0, 0, 0.5, -1, 1, 0.5, -1, 1]);
  for (const near of seen.closer!) {
    assertEquals(near.shape, [1, 6, 6, 1]); // at 1.5 times 4.5 would do
    const rows = [...await near.data()];
    assertEquals(rows.slice(0, 6), [0, 1, 2, 3, 3, 2]);
    assertEquals(rows.slice(24), [...[12, 13, 14, 15, 15, 14], ...[8, 9, 10, 11, 11, 10]]);
  }
  const plain = seenBy({ sizeMultiple: 3 }, { lightness }, size);
  assertEquals([plain.hints, plain.closer], [undefined, undefined]);
});
