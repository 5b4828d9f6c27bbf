import { assertEquals, assertThrows } from "@std/assert";
import { Image } from "imagescript";
import { rgbToLab } from "../../src/color/lab.ts";
import { seedsByHand } from "../../src/colorize/seeds_by_hand.ts";

const IMAGE = new Image(6, 4);
const RED = [200, 40, 30] as const;

function strokesOf(rgba: readonly number[], { x, y }: { x: number; y: number }): Image {
  const strokes = new Image(6, 4);
  strokes.bitmap.set(rgba, 4 * (y * 6 + x));
  return strokes;
}

Deno.test("seedsByHand() joins points and strokes, the strokes last", () => {
  const strokes = strokesOf([10, 200, 90, 255], { x: 2, y: 3 });
  const { pixels, ab } = seedsByHand(IMAGE, { points: [{ x: 1, y: 0, rgb: RED }], strokes });
  assertEquals([...new Set(pixels)], [1, 20]);
  const expected = [RED, [10, 200, 90]].flatMap((rgb) => [...rgbToLab(Uint8Array.from(rgb), 3).ab]);
  assertEquals([...ab.slice(0, 2), ...ab.slice(-2)], expected);
});

Deno.test("seedsByHand() refuses what lies outside, has another size, or is nothing", () => {
  const cases: [Parameters<typeof seedsByHand>[1], string][] = [
    [{ points: [{ x: 6, y: 0, rgb: RED }] }, "x must lie in 0..5, got 6"],
    [{ points: [], strokes: new Image(4, 6) }, "must have the picture's size, 6 x 4, got 4 x 6"],
    [{ points: [], strokes: strokesOf([10, 200, 90, 127], { x: 2, y: 3 }) }, "half opaque or more"],
    [{ points: [], strokes: new Image(6, 4).fill(0x804020ff) }, "got a picture that is opaque all"],
    [{ points: [] }, "there must be a color point or a stroke"],
  ];
  for (const [given, detail] of cases) {
    assertThrows(() => seedsByHand(IMAGE, given), RangeError, detail);
  }
});
