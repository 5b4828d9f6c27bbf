import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { rgbToLightness } from "../../src/color/lab.ts";
import { agedLightness } from "../../src/data/aged_lightness.ts";

const SIZE_PX = 60;
const PIXELS = SIZE_PX * SIZE_PX;

/** L* of ten grays, from black to white. */
const TONES = Array.from({ length: 10 }, (_, tone) => grayOf(tone));

/** Images of ten grays in stripes, or of what else `colorOf` makes of a tone, 0 to 9. */
function stripes(count: number, colorOf: (tone: number) => number[] = gray): Uint8Array {
  return Uint8Array.from(
    { length: 3 * count * PIXELS },
    (_, i) => colorOf(toneOf(Math.floor(i / 3)))[i % 3]!,
  );
}

function toneOf(pixel: number): number {
  return Math.floor((pixel % SIZE_PX) * 10 / SIZE_PX);
}

function gray(tone: number): number[] {
  return Array<number>(3).fill(Math.round(255 * tone / 9));
}

function grayOf(tone: number): number {
  return rgbToLightness(Uint8Array.from(gray(tone)), 3)[0]!;
}

function age(
  count: number,
  { seed = 1, epoch = 0, from = 0, rgb = stripes(count), aged = 1 }: {
    seed?: number;
    epoch?: number;
    from?: number;
    rgb?: Uint8Array;
    aged?: number;
  } = {},
): Float32Array {
  const positions = Array.from({ length: count }, (_, i) => from + i);
  return agedLightness(rgb, { count, sizePx: SIZE_PX, seed, epoch, positions, aged });
}

Deno.test("agedLightness() depends on seed, epoch and position alone, and keeps its input", () => {
  const eight = age(8);
  assertEquals(age(8), eight);
  assertEquals(age(3, { from: 5 }), eight.slice(5 * PIXELS));
  assertNotEquals(age(8, { seed: 2 }), eight);
  assertNotEquals(age(8, { epoch: 1 }), eight);
  const rgb = stripes(1);
  age(1, { rgb });
  assertEquals(rgb, stripes(1));
});

Deno.test("agedLightness() ages the part of the images that is asked for, and keeps the others", () => {
  const count = 400;
  const rgb = stripes(count, (tone) => [20 * tone, 255 - 20 * tone, 90]);
  const own = rgbToLightness(rgb, 3);
  for (const aged of [0, 0.4, 1]) {
    const seen = age(count, { rgb, aged });
    const kept = Array.from({ length: count }, (_, i) => {
      const image = imageOf(seen, i);
      return image.every((value, pixel) => value === own[pixel]);
    });
    assertAlmostEquals(kept.filter(Boolean).length / count, 1 - aged, aged % 1 === 0 ? 0 : 0.08);
  }
});

Deno.test("agedLightness() gives every image grain of 1 to 5 L*, whatever else it does", () => {
  const count = 400;
  const even = new Uint8Array(3 * count * PIXELS).fill(128);
  const aged = age(count, { rgb: even });
  const deviations = Array.from({ length: count }, (_, i) => deviationOf(imageOf(aged, i)));
  assert(Math.min(...deviations) > 0.9 && Math.min(...deviations) < 1.2);
  assert(Math.max(...deviations) > 4.8 && Math.max(...deviations) < 5.2);
  assertAlmostEquals(mean(deviations), 3, 0.2);
  for (let i = 0; i < count; i++) { // independent from pixel to pixel
    assertAlmostEquals(neighborsAlike(imageOf(aged, i)), 0, 0.08);
  }
});

Deno.test("agedLightness() makes two of three images softer or sharper", () => {
  const count = 400;
  // Columns that alternate: one filter of full strength leaves nothing of them.
  const column = (i: number) => Math.floor(i / 3) % SIZE_PX;
  const rgb = Uint8Array.from({ length: 3 * count * PIXELS }, (_, i) => column(i) % 2 ? 110 : 140);
  const aged = age(count, { rgb });
  const own = rgbToLightness(Uint8Array.from([140, 140, 140, 110, 110, 110]), 3);
  const left = Array.from({ length: count }, (_, i) => {
    const image = [...imageOf(aged, i)];
    const of = (odd: number) => mean(image.filter((_, pixel) => pixel % 2 === odd));
    return (of(0) - of(1)) / (own[0]! - own[1]!);
  });
  const part = (holds: (value: number) => boolean) => left.filter(holds).length / count;
  // Strengths lie evenly in -0.5..2; tones change contrast by a half at most.
  assertAlmostEquals(part((value) => Math.abs(value) < 0.1), 2 / 3 * 1.1 / 2.5, 0.08);
  assert(part((value) => value > 1.3) > 0.02, "some are sharper");
  assert(part((value) => value > 0.6) > 1 / 3, "one of three keeps its columns");
});

Deno.test("agedLightness() fades half of the images: black and white come nearer, tones keep their order", () => {
  const count = 400;
  const aged = age(count);
  let faded = 0;
  for (let i = 0; i < count; i++) {
    const tones = tonesOf(imageOf(aged, i));
    for (let tone = 1; tone < 10; tone++) assert(tones[tone]! > tones[tone - 1]!, `${tones}`);
    assert(tones[0]! < 18 && tones[9]! > 82, `${tones}`);
    // The middle of a stripe keeps its tone when softened; grain moves its mean by less than a unit.
    if (tones.some((tone, index) => Math.abs(tone - TONES[index]!) > 2)) faded++;
  }
  assertAlmostEquals(faded / count, 0.5, 0.1);
});

Deno.test("agedLightness() sees a quarter of the images as a film of another sensitivity does", () => {
  const count = 400;
  // Red and blue of one lightness, but far from it on film.
  const red = [200, 0, 0], blue = [68, 68, 255];
  const [seen] = [red, blue].map((color) => rgbToLightness(Uint8Array.from(color), 3)[0]!);
  const aged = age(count, { rgb: stripes(count, (tone) => tone < 5 ? red : blue) });
  const differences = Array.from({ length: count }, (_, i) => {
    const tones = tonesOf(imageOf(aged, i));
    return tones[2]! - tones[7]!;
  });
  assert(seen! > 30);
  const own = differences.filter((difference) => Math.abs(difference) < 4).length / count;
  assertAlmostEquals(own, 0.78, 0.08);
  assert(Math.min(...differences) < -15 && Math.max(...differences) > 15);
});

Deno.test("agedLightness() refuses what is not of so many images", () => {
  const options = { count: 2, sizePx: SIZE_PX, seed: 1, epoch: 0, positions: [0, 1], aged: 1 };
  assertThrows(() => agedLightness(stripes(1), options), RangeError, "21600 bytes");
  assertThrows(
    () => agedLightness(stripes(2), { ...options, positions: [0] }),
    RangeError,
    "got 21600 and 1",
  );
});

function imageOf(lightness: Float32Array, index: number): Float32Array {
  return lightness.subarray(index * PIXELS, (index + 1) * PIXELS);
}

/** Of the middle of each stripe, where its neighbors do not blur it. */
function tonesOf(image: Float32Array): number[] {
  return Array.from(
    { length: 10 },
    (_, tone) => mean([...image].filter((_, i) => middleOf(tone) === i % SIZE_PX)),
  );
}

function middleOf(tone: number): number {
  return Math.floor((tone + 0.5) * SIZE_PX / 10);
}

function deviationOf(image: Float32Array): number {
  return Math.sqrt(varianceOf(image));
}

/** Correlation of each pixel with the next one. */
function neighborsAlike(image: Float32Array): number {
  const middle = mean([...image]);
  const products = [...image].slice(1).map((value, i) => (value - middle) * (image[i]! - middle));
  return mean(products) / varianceOf(image);
}

function varianceOf(image: Float32Array): number {
  const middle = mean([...image]);
  return mean([...image].map((value) => (value - middle) ** 2));
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
