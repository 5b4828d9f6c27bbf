import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { jitteredPixels } from "../../src/hint/jittered_pixels.ts";

Deno.test("jitteredPixels() draws one pixel from each cell of a grid of square cells", () => {
  const size = { widthPx: 200, heightPx: 100 };
  const pixels = jitteredPixels(size, { count: 200, seed: 3 });
  assertEquals(pixels.length, 200); // 20 x 10 cells of 10 x 10 pixels
  pixels.forEach((at, cell) => {
    assertEquals(Math.floor((at % 200) / 10), cell % 20);
    assertEquals(Math.floor(at / 200 / 10), Math.floor(cell / 20));
  });
});

Deno.test("jitteredPixels() draws the same pixels for the same seed alone", () => {
  const draw = (seed: number) => jitteredPixels({ widthPx: 70, heightPx: 90 }, { count: 50, seed });
  assertEquals(draw(1), draw(1));
  assertNotEquals(draw(1), draw(2));
});

Deno.test("jitteredPixels() reaches the outermost pixels and none beyond", () => {
  const seen = new Set<number>();
  for (let seed = 0; seed < 200; seed++) {
    for (const at of jitteredPixels({ widthPx: 5, heightPx: 3 }, { count: 2, seed })) seen.add(at);
  }
  assertEquals(
    [...seen].sort((one, other) => one - other),
    Array.from({ length: 15 }, (_, i) => i),
  );
});

Deno.test("jitteredPixels() takes pictures with fewer pixels than samples, and strips", () => {
  for (const [widthPx, heightPx] of [[1, 1], [3, 2], [1, 5000], [5000, 1]] as const) {
    const pixels = jitteredPixels({ widthPx, heightPx }, { count: 200, seed: 1 });
    assert(pixels.length >= 1 && pixels.length <= 200);
    assertEquals(new Set(pixels).size, pixels.length);
    assert(pixels.every((at) => at < widthPx * heightPx));
  }
});
