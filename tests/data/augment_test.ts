import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { augmentImages } from "../../src/data/augment.ts";

const SIZE_PX = 32;
const BYTES = SIZE_PX * SIZE_PX * 3;

/** Red grows to the right, green downwards. */
function ramps(count: number): Uint8Array {
  return Uint8Array.from({ length: count * BYTES }, (_, i) => {
    const pixel = Math.floor(i % BYTES / 3);
    const x = pixel % SIZE_PX, y = Math.floor(pixel / SIZE_PX);
    return [8 * x, 8 * y, 100][i % 3]!;
  });
}

function augment(count: number, options: { seed?: number; epoch?: number; from?: number } = {}) {
  const { seed = 1, epoch = 0, from = 0 } = options;
  const positions = Array.from({ length: count }, (_, i) => from + i);
  return augmentImages(ramps(count), { count, sizePx: SIZE_PX, seed, epoch, positions });
}

Deno.test("augmentImages() depends on seed, epoch and position alone", () => {
  const eight = augment(8);
  assertEquals(augment(8), eight);
  assertEquals(augment(3, { from: 5 }), eight.slice(5 * BYTES));
  assertNotEquals(augment(8, { seed: 2 }), eight);
  assertNotEquals(augment(8, { epoch: 1 }), eight);
});

Deno.test("augmentImages() flips half of the images, and never upside down", () => {
  const count = 400;
  const images = augment(count);
  let flipped = 0;
  for (let i = 0; i < count; i++) {
    const image = images.subarray(i * BYTES, (i + 1) * BYTES);
    const [left, right] = [image[0]!, image[3 * (SIZE_PX - 1)]!];
    if (left > right) flipped++;
    assert(image[1]! < image[BYTES - 2]!, "green grows downwards");
    assertEquals(image[2], 100);
  }
  assert(Math.abs(flipped - count / 2) < 40, `${flipped} of ${count}`);
});

Deno.test("augmentImages() crops a quarter of the images to 87% of their area or more", () => {
  const count = 400;
  const images = augment(count);
  const areas = Array.from({ length: count }, (_, i) => {
    const at = (x: number, y: number, channel: number) =>
      images[i * BYTES + (y * SIZE_PX + x) * 3 + channel]!;
    // Ramps of 8 a pixel, over 30 steps that no edge touches.
    const width = Math.abs(at(SIZE_PX - 2, 9, 0) - at(1, 9, 0)) / 8 / (SIZE_PX - 3);
    const height = (at(9, SIZE_PX - 2, 1) - at(9, 1, 1)) / 8 / (SIZE_PX - 3);
    return width * height;
  });
  assert(areas.every((area) => area > 0.86 && area < 1.01), `${Math.min(...areas)}`);
  assert(Math.min(...areas) < 0.885);
  const cropped = areas.filter((area) => area !== 1);
  assert(Math.abs(cropped.length - count / 4) < 30, `${cropped.length} of ${count}`);
  assert(Math.max(...cropped) > 0.98, "all of the range");
});

Deno.test("augmentImages() leaves the pixels of uncropped images as they are", () => {
  const [original, images] = [ramps(8), augment(8)];
  const same = Array.from({ length: 8 }, (_, i) => {
    const image = original.subarray(i * BYTES, (i + 1) * BYTES);
    return image.every((value, at) => value === images[i * BYTES + at]);
  });
  assert(same.some((whole) => whole), "neither flipped nor cropped");
});

Deno.test("augmentImages() leaves its input as it is and refuses another size", () => {
  const rgb = ramps(1);
  const options = { count: 1, sizePx: SIZE_PX, seed: 1, epoch: 0, positions: [0] };
  augmentImages(rgb, options);
  assertEquals(rgb, ramps(1));
  assertThrows(
    () => augmentImages(rgb, { ...options, positions: [] }),
    RangeError,
    "got 3072 and 0",
  );
  assertThrows(() => augmentImages(rgb.subarray(3), options), RangeError, "Cannot augment");
});
