/**
 * Online augmentation of what a network sees: the tones of faded prints, and grain. It keeps a
 * network from reading colors out of the lightness itself: pictures were compressed as JPEG, and what
 * that leaves in L* tells of the colors that were compressed along. Photographs that are made small
 * for a network have no such traces.
 */
import type { AugmentOptions } from "./augment.ts";
import { addGrain, uniformNumbers } from "./film_grain.ts";
import { hashIntegers } from "./hash.ts";

/** Part of the images whose tones change. */
const FADED = 0.5;

/** Logarithm of the largest gamma; that of the smallest is its negative. */
const LOG_GAMMA = 0.35;

/** L* of the brightest black, and what the darkest white lacks to 100. */
const FADE = 12;

/** Standard deviations of the grain, in L*: less than one would leave the traces legible. */
const GRAIN = { least: 1, most: 3 };

/** Tells these draws from those of `augmentImages`. */
const KEY = 0x67;

/**
 * Changes the tones of every other image, and adds grain to each.
 * @param lightness L*, 0..100, shape [count * sizePx * sizePx]; not changed.
 * @returns Lightness of the same shape and range, the same on every machine for the same options.
 * @throws {RangeError} When `lightness` or `positions` is not of `count` images.
 */
export function ageLightness(lightness: Float32Array, options: AugmentOptions): Float32Array {
  const { count, sizePx, seed, epoch, positions } = options;
  const pixels = sizePx * sizePx;
  if (lightness.length !== count * pixels || positions.length !== count) {
    throw new RangeError(
      `Cannot age lightness: ${count} images of ${sizePx}x${sizePx} must have ${count * pixels} ` +
        `values and ${count} positions, got ${lightness.length} and ${positions.length}`,
    );
  }
  const aged = lightness.slice();
  for (let i = 0; i < count; i++) {
    const random = uniformNumbers(hashIntegers(seed, epoch, positions[i]!, KEY));
    const image = aged.subarray(i * pixels, (i + 1) * pixels);
    if (random() < FADED) fade(image, random);
    addGrain(image, {
      deviation: GRAIN.least + (GRAIN.most - GRAIN.least) * random(),
      random,
    });
  }
  return aged;
}

/** Another tone curve: another gamma, brighter black and darker white. */
function fade(lightness: Float32Array, random: () => number): void {
  const gamma = Math.exp(LOG_GAMMA * (2 * random() - 1));
  const black = FADE * random(), white = 100 - FADE * random();
  for (let i = 0; i < lightness.length; i++) {
    lightness[i] = black + (white - black) * (lightness[i]! / 100) ** gamma;
  }
}
