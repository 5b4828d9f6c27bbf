import { assert, assertEquals, assertLess, assertNotEquals, assertThrows } from "@std/assert";
import { Image } from "imagescript";
import { rgbToLab } from "../../src/color/lab.ts";
import { transferByWelsh } from "../../src/colorize/transfer_by_welsh.ts";
import { parseSwatch } from "../../src/hint/swatch.ts";
import { paintScene, SCENE_PALETTES, withoutColors } from "./made_scene.ts";

const scene = paintScene(SCENE_PALETTES.summer, { seed: 1 });
const gray = withoutColors(scene);

function meanDistance(one: Image, other: Image): number {
  const [ab, otherAb] = [one, other].map(({ bitmap }) => rgbToLab(bitmap, 4).ab);
  let sum = 0;
  for (let i = 0; i < ab!.length; i += 2) {
    sum += Math.hypot(ab![i]! - otherAb![i]!, ab![i + 1]! - otherAb![i + 1]!);
  }
  return sum / (ab!.length / 2);
}

Deno.test("transferByWelsh() gives a picture its own colors back, at its own lightness", () => {
  const painted = transferByWelsh(gray, scene, { seed: 1 });
  assertLess(meanDistance(painted, scene), 0.35 * meanDistance(gray, scene));
  const [before, after] = [gray, painted].map(({ bitmap }) => rgbToLab(bitmap, 4).lightness);
  after!.forEach((value, i) => assertLess(Math.abs(value - before![i]!), 0.6));
});

Deno.test("transferByWelsh() is the same for the same seed alone, and leaves its inputs", () => {
  const [target, reference] = [gray.bitmap.slice(), scene.bitmap.slice()];
  const paint = (seed: number) => transferByWelsh(gray, scene, { seed }).bitmap;
  assertEquals(paint(3), paint(3));
  assertNotEquals(paint(3), paint(4));
  assertEquals([gray.bitmap, scene.bitmap], [target, reference]);
});

/** Left and right halves of one color each, and nothing to tell them apart by. */
function halves(widthPx: number, heightPx: number): Image {
  const image = new Image(widthPx, heightPx).fill(0x808080ff);
  for (let at = 0; at < widthPx * heightPx; at++) {
    const rgb = at % widthPx < widthPx / 2 ? [175, 105, 125] : [80, 140, 120]; // L* 52 and 53
    image.bitmap.set(rgb, 4 * at);
  }
  return image;
}

Deno.test("transferByWelsh() colors swatches as it is told, in pictures of any size", () => {
  const reference = halves(60, 40);
  for (const [width, height] of [[50, 40], [1600, 900]] as const) { // the larger one by a copy
    const target = new Image(width, height).fill(0x808080ff);
    for (let at = 0; at < width * height; at++) { // dark above, light below
      const value = at < width * height / 2 ? 90 : 160;
      target.bitmap.set([value, value, value], 4 * at);
    }
    const part = `${width / 10},${height / 10},${width / 5},${height / 5}`;
    const below = `${width / 2},${0.7 * height},${width / 5},${height / 5}`;
    const swatches = [parseSwatch(`${part}=35,5,20,30`), parseSwatch(`${below}=5,5,20,30`)];
    const painted = transferByWelsh(target, reference, { swatches, seed: 1 });
    const aOf = (x: number, y: number) => {
      const at = 4 * (Math.floor(y * height) * width + Math.floor(x * width));
      return rgbToLab(painted.bitmap.subarray(at, at + 4), 4).ab[0]!;
    };
    for (const x of [0.05, 0.2, 0.5, 0.95]) {
      assert(aOf(x, 0.1) < -15 && aOf(x, 0.3) < -15, `${x} above in ${width}`);
      assert(aOf(x, 0.7) > 20 && aOf(x, 0.9) > 20, `${x} below in ${width}`);
    }
  }
});

Deno.test("transferByWelsh() refuses swatches outside the pictures", () => {
  const swatches = [parseSwatch("0,0,121,1=0,0,1,1")];
  assertThrows(
    () => transferByWelsh(gray, scene, { swatches, seed: 1 }),
    RangeError,
    "part of the target must lie in 120 x 90 pixels, got 0,0,121,1",
  );
});
