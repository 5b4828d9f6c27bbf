import { assertEquals, assertStrictEquals } from "@std/assert";
import { mirrorSides, paddedSize } from "../../src/colorize/mirror_sides.ts";

const SIZE = { count: 1, channels: 1, widthPx: 3, heightPx: 2 };

Deno.test("paddedSize() rounds both sides up", () => {
  assertEquals(paddedSize({ widthPx: 64, heightPx: 86 }, 32), { widthPx: 64, heightPx: 96 });
  assertEquals(paddedSize({ widthPx: 1, heightPx: 7 }, 1), { widthPx: 1, heightPx: 7 });
});

Deno.test("mirrorSides() goes on with the mirrored picture, more than once where it is small", () => {
  const padded = mirrorSides(Float32Array.of(1, 2, 3, 4, 5, 6), SIZE, { widthPx: 8, heightPx: 3 });
  const [first, second] = [[1, 2, 3, 3, 2, 1, 1, 2], [4, 5, 6, 6, 5, 4, 4, 5]];
  assertEquals([...padded], [...first, ...second, ...second]);
});

Deno.test("mirrorSides() keeps channels together and pictures apart", () => {
  const pair = { count: 2, channels: 2, widthPx: 1, heightPx: 1 };
  const padded = mirrorSides(Float32Array.of(1, 2, 3, 4), pair, { widthPx: 2, heightPx: 2 });
  assertEquals([...padded], [1, 2, 1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4, 3, 4]);
});

Deno.test("mirrorSides() cuts off what it has added", () => {
  const values = Float32Array.from({ length: 2 * 6 * 3 }, (_, i) => i);
  const shape = { count: 2, channels: 3, widthPx: 3, heightPx: 2 };
  const larger = { widthPx: 4, heightPx: 4 };
  const padded = mirrorSides(values, shape, larger);
  assertEquals(padded.length, 2 * 16 * 3);
  assertEquals(mirrorSides(padded, { ...shape, ...larger }, shape), values);
});

Deno.test("mirrorSides() copies nothing when the sides fit", () => {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6);
  assertStrictEquals(mirrorSides(values, SIZE, { widthPx: 3, heightPx: 2 }), values);
});
