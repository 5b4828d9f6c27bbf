import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { ageLightness } from "../../src/data/age_lightness.ts";

const SIZE_PX = 32;
const PIXELS = SIZE_PX * SIZE_PX;

/** Images of ten tones in stripes, from black to white. */
function stripes(count: number): Float32Array {
  return Float32Array.from({ length: count * PIXELS }, (_, i) => 100 * toneOf(i) / 9);
}

function toneOf(index: number): number {
  return Math.floor((index % SIZE_PX) * 10 / SIZE_PX);
}

function age(count: number, options: { seed?: number; epoch?: number; from?: number } = {}) {
  const { seed = 1, epoch = 0, from = 0 } = options;
  const positions = Array.from({ length: count }, (_, i) => from + i);
  return ageLightness(stripes(count), { count, sizePx: SIZE_PX, seed, epoch, positions });
}

Deno.test("ageLightness() depends on seed, epoch and position alone, and keeps its input", () => {
  const eight = age(8);
  assertEquals(age(8), eight);
  assertEquals(age(3, { from: 5 }), eight.slice(5 * PIXELS));
  assertNotEquals(age(8, { seed: 2 }), eight);
  assertNotEquals(age(8, { epoch: 1 }), eight);
  const lightness = stripes(1);
  ageLightness(lightness, { count: 1, sizePx: SIZE_PX, seed: 1, epoch: 0, positions: [0] });
  assertEquals(lightness, stripes(1));
});

Deno.test("ageLightness() gives every image grain of 1 to 3 L*", () => {
  const count = 200;
  const aged = age(count);
  const deviations = Array.from({ length: count }, (_, i) => deviationOfMiddle(imageOf(aged, i)));
  assert(Math.min(...deviations) > 0.85, `${Math.min(...deviations)}`);
  assert(Math.max(...deviations) < 3.4, `${Math.max(...deviations)}`);
  assert(Math.max(...deviations) - Math.min(...deviations) > 1.5);
});

Deno.test("ageLightness() fades half of the images: tones keep their order, black and white come nearer", () => {
  const count = 400;
  const aged = age(count);
  let faded = 0;
  for (let i = 0; i < count; i++) {
    const tones = tonesOf(imageOf(aged, i));
    for (let tone = 1; tone < 10; tone++) assert(tones[tone]! > tones[tone - 1]!, `${tones}`);
    assert(tones[0]! < 15 && tones[9]! > 85, `${tones}`);
    // Grain moves the mean of a stripe by no more than a unit, and that of black by its half.
    if (tones.some((tone, index) => Math.abs(tone - 100 * index / 9) > 2)) faded++;
  }
  assertAlmostEquals(faded / count, 0.5, 0.1);
});

Deno.test("ageLightness() refuses what is not of so many images", () => {
  const options = { count: 2, sizePx: SIZE_PX, seed: 1, epoch: 0, positions: [0, 1] };
  assertThrows(() => ageLightness(stripes(1), options), RangeError, "2048 values");
  assertThrows(
    () => ageLightness(stripes(2), { ...options, positions: [0] }),
    RangeError,
    "got 2048 and 1",
  );
});

function imageOf(lightness: Float32Array, index: number): Float32Array {
  return lightness.subarray(index * PIXELS, (index + 1) * PIXELS);
}

function tonesOf(image: Float32Array): number[] {
  return Array.from({ length: 10 }, (_, tone) => mean(stripe(image, tone)));
}

/** Of a tone far from the ends of the range. */
function deviationOfMiddle(image: Float32Array): number {
  const values = stripe(image, 5);
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

function stripe(image: Float32Array, tone: number): number[] {
  return [...image].filter((_, i) => toneOf(i) === tone);
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
