import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { abOfPoint } from "../../src/hint/color_points.ts";
import { seedsOfStrokes } from "../../src/hint/strokes.ts";

const SIZE = { widthPx: 3, heightPx: 2 };

Deno.test("seedsOfStrokes() takes the colors of pixels that are at least half opaque", () => {
  const rgba = new Uint8ClampedArray(24);
  rgba.set([200, 50, 50, 255], 4 * 1);
  rgba.set([10, 200, 60, 128], 4 * 3);
  rgba.set([10, 10, 250, 127], 4 * 5);
  const { pixels, ab } = seedsOfStrokes({ ...SIZE, rgba }, SIZE);
  assertEquals([...pixels], [1, 3]);
  const colors = [[200, 50, 50], [10, 200, 60]] as const;
  const expected = colors.flatMap((rgb) => abOfPoint({ x: 0, y: 0, rgb }));
  expected.forEach((value, i) => assertAlmostEquals(ab[i]!, value, 1e-4));
});

Deno.test("seedsOfStrokes() finds none where nothing is painted", () => {
  const { pixels, ab } = seedsOfStrokes({ ...SIZE, rgba: new Uint8Array(24) }, SIZE);
  assertEquals([pixels.length, ab.length], [0, 0]);
});

Deno.test("seedsOfStrokes() refuses strokes of another size, naming both", () => {
  assertThrows(
    () => seedsOfStrokes({ widthPx: 2, heightPx: 3, rgba: new Uint8Array(24) }, SIZE),
    RangeError,
    "Cannot use strokes: must have the picture's size, 3 x 2, got 2 x 3",
  );
});
