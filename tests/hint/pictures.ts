/** Made pictures for tests. */
import type { Size } from "../../src/hint/color_points.ts";
import { SeededRandom } from "../random.ts";

/** Upright stripes of constant lightness, 20 L* apart, and the number of each pixel's stripe. */
export function flatRegions({ widthPx, heightPx }: Size, stripes: number) {
  const region = Uint8Array.from(
    { length: widthPx * heightPx },
    (_, at) => Math.floor(at % widthPx * stripes / widthPx),
  );
  const lightness = Float32Array.from(region, (number) => 30 + 20 * number);
  return { widthPx, heightPx, lightness, region };
}

/** Blobs of their own lightness and color with soft edges, and a little noise, as photographs have. */
export function blobPicture({ widthPx, heightPx }: Size, seed: number) {
  const random = new SeededRandom(seed);
  const blobs = Array.from({ length: 4 }, () => ({
    x: random.next() * widthPx,
    y: random.next() * heightPx,
    radius: (0.15 + 0.15 * random.next()) * widthPx,
    lab: [20 + 60 * random.next(), 100 * random.next() - 50, 100 * random.next() - 50],
  }));
  const lightness = new Float32Array(widthPx * heightPx);
  const ab = new Float32Array(2 * lightness.length);
  for (let at = 0; at < lightness.length; at++) {
    let lab = [50, 0, 0];
    for (const { x, y, radius, lab: own } of blobs) {
      const outside = Math.hypot(at % widthPx - x, Math.floor(at / widthPx) - y) - radius;
      const share = 1 / (1 + Math.exp(2 * outside));
      lab = lab.map((value, i) => value + share * (own[i]! - value));
    }
    lightness[at] = lab[0]! + 2 * (random.next() - 0.5);
    ab.set(lab.slice(1), 2 * at);
  }
  return { lightness, ab };
}

/** The mean distance of two planes of interleaved a*, b*. */
export function meanDifference(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i += 2) {
    sum += Math.hypot(one[i]! - other[i]!, one[i + 1]! - other[i + 1]!);
  }
  return sum / (one.length / 2);
}
