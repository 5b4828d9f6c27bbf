import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import type { ColorPicture } from "../../src/hint/gray_picture.ts";
import { jitteredPixels } from "../../src/hint/jittered_pixels.ts";
import { neighborhoodStatistics } from "../../src/hint/neighborhood.ts";
import { remapLightness, transferWelsh } from "../../src/hint/welsh.ts";
import { SeededRandom } from "../random.ts";

/** Four bands, each with a lightness, a grain and a color of its own. */
function bands(widthPx: number, heightPx: number, seed: number): ColorPicture {
  const random = new SeededRandom(seed);
  const lightness = new Float32Array(widthPx * heightPx);
  const ab = new Float32Array(2 * lightness.length);
  for (let at = 0; at < lightness.length; at++) {
    const band = Math.floor(4 * Math.floor(at / widthPx) / heightPx);
    const grain = band % 2 === 0 ? 0.5 : 6;
    lightness[at] = 20 + 20 * band + grain * (2 * random.next() - 1);
    ab.set([[30, 10], [-20, 40], [5, -35], [0, 60]][band]!, 2 * at);
  }
  return { widthPx, heightPx, lightness, ab };
}

function meanError(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i += 2) {
    sum += Math.hypot(one[i]! - other[i]!, one[i + 1]! - other[i + 1]!);
  }
  return sum / (one.length / 2);
}

Deno.test("remapLightness() gives a plane the mean and the deviation of another one", () => {
  // Mean 20 and deviation 10 become mean 60 and deviation 30: L' = 3 (L - 20) + 60.
  const remapped = remapLightness(Float32Array.of(10, 30), Float32Array.of(30, 90, 30, 90));
  assertEquals([...remapped], [30, 90]);
  assertEquals([...remapLightness(Float32Array.of(7, 7), Float32Array.of(30, 90))], [60, 60]);
});

Deno.test("transferWelsh() gives a picture its own colors back", () => {
  const picture = bands(80, 60, 1);
  const ab = transferWelsh(picture, picture, { seed: 1 });
  assert(meanError(ab, picture.ab) < 3, "of four colors 60 units apart");
});

Deno.test("transferWelsh() colors another picture of the same things", () => {
  const [target, reference] = [bands(90, 70, 2), bands(64, 48, 3)];
  const brighter = {
    ...reference,
    lightness: reference.lightness.map((value) => 0.5 * value + 40),
  };
  assert(meanError(transferWelsh(target, brighter, { seed: 1 }), target.ab) < 4);
});

Deno.test("transferWelsh() finds the nearest sample, as a search through all does", () => {
  const random = new SeededRandom(4);
  const made = (widthPx: number, heightPx: number) => ({
    widthPx,
    heightPx,
    lightness: random.values(widthPx * heightPx).map((value) => 55 + 44 * value ** 3),
    ab: random.values(2 * widthPx * heightPx).map((value) => 80 * value),
  });
  const [target, reference] = [made(37, 23), made(50, 41)];
  const lightness = remapLightness(reference.lightness, target.lightness);
  const { deviation } = neighborhoodStatistics({ ...reference, lightness });
  const own = neighborhoodStatistics(target).deviation;
  const samples = jitteredPixels(reference, { count: 60, seed: 9 });
  const cost = (at: number, sample: number) =>
    0.5 * (target.lightness[at]! - lightness[sample]!) ** 2 +
    0.5 * (own[at]! - deviation[sample]!) ** 2;
  const ab = transferWelsh(target, reference, { seed: 9, samples: 60 });
  for (let at = 0; at < target.lightness.length; at++) {
    const least = Math.min(...[...samples].map((sample) => cost(at, sample)));
    const taken = [...samples].find((sample) => reference.ab[2 * sample] === ab[2 * at])!;
    assertAlmostEquals(cost(at, taken), least, 1e-4);
    assertEquals(reference.ab[2 * taken + 1], ab[2 * at + 1]);
  }
});

Deno.test("transferWelsh() depends on the seed alone", () => {
  const [target, reference] = [bands(40, 30, 5), bands(50, 30, 6)];
  const gradient = reference.ab.map((value, i) => value + i / 200);
  const transfer = (seed: number) =>
    transferWelsh(target, { ...reference, ab: gradient }, { seed });
  assertEquals(transfer(1), transfer(1));
  assertNotEquals(transfer(1), transfer(2));
});

Deno.test("transferWelsh() takes pictures of one pixel and of one lightness", () => {
  const dot = {
    widthPx: 1,
    heightPx: 1,
    lightness: Float32Array.of(40),
    ab: Float32Array.of(9, -8),
  };
  assertEquals([...transferWelsh(dot, dot, { seed: 1 })], [9, -8]);
  const flat = { widthPx: 6, heightPx: 2, lightness: new Float32Array(12).fill(100) };
  assertEquals(transferWelsh(flat, dot, { seed: 1 }).length, 24);
  assertEquals(transferWelsh(dot, bands(20, 20, 7), { seed: 1 }).length, 2);
});
