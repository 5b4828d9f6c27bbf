/**
 * Online augmentation of what a network sees: pictures as old photographs have them. Films were not
 * as sensitive to each color as the eye is, prints fade, and have grain; lenses were softer than the
 * pictures of Tiny ImageNet. Grain also keeps a network from reading colors out of the lightness
 * itself: pictures were compressed as JPEG, and what that leaves in L* tells of the colors that were
 * compressed along. Photographs that are made small for a network have no such traces.
 */
import { rgbToLightness } from "../color/lab.ts";
import type { AugmentOptions } from "./augment.ts";
import { addGrain, uniformNumbers } from "./film_grain.ts";
import { hashIntegers } from "./hash.ts";
import { soften } from "./soften.ts";

/** Part of the aged images that a film of another sensitivity recorded. */
const FILMED = 0.25;

/** Part of the aged images whose tones change. */
const FADED = 0.5;

/** Logarithm of the largest gamma; that of the smallest is its negative. */
const LOG_GAMMA = 0.35;

/** L* of the brightest black, and what the darkest white lacks to 100. */
const FADE = 12;

/**
 * Standard deviations of the grain, in L*: less than one would leave the traces legible, and what
 * has seen little grain tells colors by how smooth things are.
 */
const GRAIN = { least: 1, most: 5 };

/** Part of the aged images that are softer or sharper, and how strongly, in filters of `soften`. */
const SOFTENED = { part: 2 / 3, least: -0.5, most: 2 };

/** Tells these draws from those of `augmentImages`. */
const KEY = 0x67;

/** What the images are, and how many of them age. */
export interface AgeOptions extends AugmentOptions {
  /** Part of the images that age, 0..1; the others keep the lightness that they have. */
  aged: number;
}

/**
 * The lightness of pictures, some of them as they are, the others as if they had been taken on film:
 * every fourth of these of another sensitivity, every other with other tones, each with grain, and
 * two of three softer or sharper than they are.
 * @param rgb 8-bit RGB, shape [count * sizePx * sizePx * 3]; not changed.
 * @returns L*, 0..100, shape [count * sizePx * sizePx], the same on every machine for the same options.
 * @throws {RangeError} When `rgb` or `positions` is not of `count` images.
 */
export function agedLightness(rgb: Uint8Array, options: AgeOptions): Float32Array {
  const { count, sizePx, seed, epoch, positions, aged } = options;
  const pixels = sizePx * sizePx;
  if (rgb.length !== 3 * count * pixels || positions.length !== count) {
    throw new RangeError(
      `Cannot age lightness: ${count} images of ${sizePx}x${sizePx} must have ` +
        `${3 * count * pixels} bytes and ${count} positions, got ${rgb.length} and ` +
        `${positions.length}`,
    );
  }
  const result = new Float32Array(count * pixels);
  for (let i = 0; i < count; i++) {
    const random = uniformNumbers(hashIntegers(seed, epoch, positions[i]!, KEY));
    const image = rgb.subarray(3 * i * pixels, 3 * (i + 1) * pixels);
    if (aged < 1 && random() < 1 - aged) { // all aged: the same draws as ever
      result.set(rgbToLightness(image, 3), i * pixels);
      continue;
    }
    const lightness = rgbToLightness(image, 3, random() < FILMED ? drawFilm(random) : undefined);
    if (random() < FADED) fade(lightness, random);
    if (random() < SOFTENED.part) soften(lightness, sizePx, within(SOFTENED, random()));
    addGrain(lightness, { deviation: within(GRAIN, random()), random });
    result.set(lightness, i * pixels);
  }
  return result;
}

/** Any sensitivity: a film that is blind to red, or one behind a red filter. */
function drawFilm(random: () => number): { r: number; g: number; b: number } {
  const r = random(), g = random(), b = random();
  const sum = r + g + b || 1;
  return { r: r / sum, g: g / sum, b: b / sum };
}

/** Another tone curve: another gamma, brighter black and darker white. */
function fade(lightness: Float32Array, random: () => number): void {
  const gamma = Math.exp(LOG_GAMMA * (2 * random() - 1));
  const black = FADE * random(), white = 100 - FADE * random();
  for (let i = 0; i < lightness.length; i++) {
    lightness[i] = black + (white - black) * (lightness[i]! / 100) ** gamma;
  }
}

function within({ least, most }: { least: number; most: number }, part: number): number {
  return least + (most - least) * part;
}
