import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { makeBatch } from "../../src/data/batch.ts";

Deno.test("makeBatch() gives raw lightness and ab / 128", () => {
  // A 2x2 image of red, white, black and middle gray, and one of blue.
  const rgb = Uint8Array.of(255, 0, 0, 255, 255, 255, 0, 0, 0, 119, 119, 119);
  const blue = Uint8Array.of(0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 255);
  const batch = makeBatch(Uint8Array.of(...rgb, ...blue), { count: 2, sizePx: 2 });
  assertEquals([batch.count, batch.sizePx], [2, 2]);
  assertEquals([batch.lightness.length, batch.targetAb.length], [8, 16]);
  // scikit-image 0.19 rgb2lab
  const lightness = [53.2406, 100, 0, 50.0344, 32.2957, 32.2957, 32.2957, 32.2957];
  lightness.forEach((value, i) => assertAlmostEquals(batch.lightness[i]!, value, 0.01));
  const ab = [80.0923, 67.2032, 0, 0, 0, 0, 0, 0, 79.1856, -107.8573];
  ab.forEach((value, i) => assertAlmostEquals(batch.targetAb[i]!, value / 128, 1e-4));
});

Deno.test("makeBatch() keeps grayscale images in, with ab of 0", () => {
  const rgb = Uint8Array.from({ length: 64 * 3 }, (_, i) => 4 * Math.floor(i / 3));
  const { lightness, targetAb } = makeBatch(rgb, { count: 1, sizePx: 8 });
  assert(targetAb.every((value) => Math.abs(value) < 1e-4));
  assert(lightness.every((value, i) => i === 0 || value > lightness[i - 1]!));
});

Deno.test("makeBatch() refuses pixels of another size", () => {
  assertThrows(
    () => makeBatch(new Uint8Array(12), { count: 1, sizePx: 4 }),
    RangeError,
    "Cannot make a batch: 1 images of 4x4 must have 48 bytes, got 12",
  );
});
