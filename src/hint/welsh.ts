/**
 * Colors from another picture by lightness and texture alone, pixel by pixel.
 * @see Welsh, Ashikhmin and Mueller 2002, "Transferring Color to Greyscale Images".
 */
import type { ColorPicture, GrayPicture } from "./gray_picture.ts";
import { jitteredPixels } from "./jittered_pixels.ts";
import { neighborhoodStatistics } from "./neighborhood.ts";

/** As many as the authors take. */
const SAMPLES = 200;

/**
 * Gives each pixel of `target` the color of the sample of `reference` that is the nearest in
 * lightness and in the standard deviation of lightness over 5x5 pixels, both weighted by a half. The
 * lightness of the reference is remapped to the mean and standard deviation of the target's first.
 * @param options.seed Fixes the samples, one from each cell of a grid.
 * @param options.samples About how many.
 * @returns Interleaved a*, b* for the target's lightness, shape [H * W * 2].
 */
export function transferWelsh(
  target: GrayPicture,
  reference: ColorPicture,
  { seed, samples = SAMPLES }: { seed: number; samples?: number },
): Float32Array {
  const remapped = remapLightness(reference.lightness, target.lightness);
  const { deviation } = neighborhoodStatistics({ ...reference, lightness: remapped });
  const pixels = jitteredPixels(reference, { count: samples, seed })
    .sort((one, other) => remapped[one]! - remapped[other]!);
  const sorted = {
    lightness: Float32Array.from(pixels, (at) => remapped[at]!),
    deviation: Float32Array.from(pixels, (at) => deviation[at]!),
  };
  const nearest = nearestSamples(
    { lightness: target.lightness, deviation: neighborhoodStatistics(target).deviation },
    sorted,
  );
  const ab = new Float32Array(2 * nearest.length);
  for (let at = 0; at < nearest.length; at++) {
    const from = pixels[nearest[at]!]!;
    ab[2 * at] = reference.ab[2 * from]!;
    ab[2 * at + 1] = reference.ab[2 * from + 1]!;
  }
  return ab;
}

/**
 * Brings lightness to the mean and standard deviation of another picture's:
 * L' = (sT / sS) (L - mS) + mT. Where the source is of one lightness, L' is mT.
 * @returns A new plane of the source's length; values may leave 0..100.
 */
export function remapLightness(source: Float32Array, target: Float32Array): Float32Array {
  const [from, to] = [momentsOf(source), momentsOf(target)];
  const scale = from.deviation > 0 ? to.deviation / from.deviation : 0;
  return source.map((value) => scale * (value - from.mean) + to.mean);
}

function momentsOf(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** Lightness and its deviation around, of as many places as each plane is long. */
interface Texture {
  lightness: Float32Array;
  deviation: Float32Array;
}

/**
 * Finds the nearest sample of each place. From the samples of its own lightness on it goes up and
 * down until lightness alone is further away than the best so far.
 * @param samples Sorted by lightness.
 */
function nearestSamples(places: Texture, samples: Texture): Uint16Array {
  const nearest = new Uint16Array(places.lightness.length);
  const starts = startsByLightness(samples.lightness);
  const count = samples.lightness.length;
  for (let at = 0; at < nearest.length; at++) {
    const lightness = places.lightness[at]!, deviation = places.deviation[at]!;
    const start = starts[Math.min(100, Math.max(0, lightness | 0))]!;
    let best = Infinity, found = 0;
    for (let i = start; i < count; i++) {
      const dL = samples.lightness[i]! - lightness, dS = samples.deviation[i]! - deviation;
      if (dL > 0 && dL * dL >= best) break;
      const distance = dL * dL + dS * dS;
      if (distance < best) best = distance, found = i;
    }
    for (let i = start - 1; i >= 0; i--) {
      const dL = samples.lightness[i]! - lightness, dS = samples.deviation[i]! - deviation;
      if (dL * dL >= best) break;
      const distance = dL * dL + dS * dS;
      if (distance < best) best = distance, found = i;
    }
    nearest[at] = found;
  }
  return nearest;
}

/** For each whole L*, 0 to 100, the first of the sorted values that is not below. */
function startsByLightness(sorted: Float32Array): Uint16Array {
  return Uint16Array.from({ length: 101 }, (_, lightness) => {
    const first = sorted.findIndex((value) => value >= lightness);
    return first < 0 ? sorted.length : first;
  });
}
