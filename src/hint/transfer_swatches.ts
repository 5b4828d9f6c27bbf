/** Colors from parts of another picture that a person has paired with parts of the target. */
import type { ColorPicture, GrayPicture } from "./gray_picture.ts";
import { jitteredPixels } from "./jittered_pixels.ts";
import { copyNeighborhood, neighborhoodStatistics, NEIGHBORS } from "./neighborhood.ts";
import { checkSwatch, type Rectangle, type Swatch } from "./swatch.ts";
import { transferWelsh } from "./welsh.ts";

/** Colors that a swatch may get, as many as the authors take. */
const COLOR_SAMPLES = 50;
/** Pixels of a colored swatch that others are compared with. */
const TEXTURE_SAMPLES = 100;

/**
 * Colors swatches of `target` from those of `reference`, each by itself as `transferWelsh` does; all
 * other pixels get the color of the swatch pixel whose 5x5 pixels of lightness are the nearest.
 * @param options.swatches At least one; later ones cover earlier ones.
 * @param options.seed Fixes the samples.
 * @returns Interleaved a*, b*, shape [H * W * 2].
 * @throws {RangeError} When there is no swatch, or a rectangle leaves its picture.
 * @see Welsh, Ashikhmin and Mueller 2002, "Transferring Color to Greyscale Images", section 3.2.
 */
export function transferSwatches(
  target: GrayPicture,
  reference: ColorPicture,
  { swatches, seed }: { swatches: readonly Swatch[]; seed: number },
): Float32Array {
  if (swatches.length === 0) throw new RangeError("Cannot use swatches: needs one, got none");
  const ab = new Float32Array(2 * target.lightness.length);
  const isColored = new Uint8Array(target.lightness.length);
  for (const swatch of swatches) {
    checkSwatch(swatch, { target, reference });
    const part = grayPartOf(target, swatch.target);
    const source = colorPartOf(reference, swatch.source);
    const colors = transferWelsh(part, source, { seed, samples: COLOR_SAMPLES });
    pixelsOf(target, swatch.target).forEach((at, i) => {
      ab.set(colors.subarray(2 * i, 2 * i + 2), 2 * at);
      isColored[at] = 1;
    });
  }
  const samples = swatches.flatMap(({ target: part }, i) => {
    const pixels = pixelsOf(target, part);
    const drawn = jitteredPixels(part, { count: TEXTURE_SAMPLES, seed: seed + i });
    return Array.from(drawn, (at) => pixels[at]!);
  });
  colorOthers(target, { ab, isColored, samples });
  return ab;
}

/** Colors every pixel that is not colored yet like the sample with the nearest neighborhood. */
function colorOthers(
  target: GrayPicture,
  { ab, isColored, samples }: { ab: Float32Array; isColored: Uint8Array; samples: number[] },
): void {
  const { mean, deviation } = neighborhoodStatistics(target);
  samples.sort((one, other) => mean[one]! - mean[other]!);
  const known = {
    mean: Float32Array.from(samples, (at) => mean[at]!),
    deviation: Float32Array.from(samples, (at) => deviation[at]!),
    lightness: neighborhoodsOf(target, samples),
  };
  const own = new Float32Array(NEIGHBORS);
  for (let at = 0; at < isColored.length; at++) {
    if (isColored[at]) continue;
    const [x, y] = [at % target.widthPx, Math.floor(at / target.widthPx)];
    copyNeighborhood(target, { x, y }, own);
    const place = { mean: mean[at]!, deviation: deviation[at]!, lightness: own };
    const from = samples[nearestNeighborhood(place, known)]!;
    ab[2 * at] = ab[2 * from]!;
    ab[2 * at + 1] = ab[2 * from + 1]!;
  }
}

/** Neighborhoods of samples, sorted by their means. */
interface Neighborhoods {
  mean: Float32Array;
  deviation: Float32Array;
  /** Shape [samples * NEIGHBORS]. */
  lightness: Float32Array;
}

/**
 * Finds the sample with the nearest neighborhood, by the sum of squared differences. That is at
 * least 25 times the squared differences of means and of deviations, so few have to be summed.
 */
function nearestNeighborhood(
  place: { mean: number; deviation: number; lightness: Float32Array },
  known: Neighborhoods,
): number {
  let best = Infinity, nearest = 0;
  const compare = (i: number) => {
    const dMean = known.mean[i]! - place.mean, dDeviation = known.deviation[i]! - place.deviation;
    if (NEIGHBORS * (dMean * dMean + dDeviation * dDeviation) >= best) return;
    let sum = 0;
    for (let k = 0, from = i * NEIGHBORS; k < NEIGHBORS && sum < best; k++, from++) {
      const difference = known.lightness[from]! - place.lightness[k]!;
      sum += difference * difference;
    }
    if (sum < best) best = sum, nearest = i;
  };
  const start = firstNotBelow(known.mean, place.mean);
  const isTooFar = (i: number) => NEIGHBORS * (known.mean[i]! - place.mean) ** 2 >= best;
  for (let i = start; i < known.mean.length && !isTooFar(i); i++) compare(i);
  for (let i = start - 1; i >= 0 && !isTooFar(i); i--) compare(i);
  return nearest;
}

/** Index of the first of the sorted values that is not below; their number when all are. */
function firstNotBelow(sorted: Float32Array, value: number): number {
  let [first, end] = [0, sorted.length];
  while (first < end) {
    const middle = (first + end) >> 1;
    if (sorted[middle]! < value) first = middle + 1;
    else end = middle;
  }
  return first;
}

function neighborhoodsOf(picture: GrayPicture, pixels: readonly number[]): Float32Array {
  const lightness = new Float32Array(pixels.length * NEIGHBORS);
  pixels.forEach((at, i) => {
    const [x, y] = [at % picture.widthPx, Math.floor(at / picture.widthPx)];
    copyNeighborhood(picture, { x, y }, lightness.subarray(i * NEIGHBORS, (i + 1) * NEIGHBORS));
  });
  return lightness;
}

/** Indices of the pixels of a part, row by row. */
function pixelsOf(
  { widthPx }: { widthPx: number },
  part: Rectangle,
): Uint32Array {
  return Uint32Array.from({ length: part.widthPx * part.heightPx }, (_, i) => {
    const [x, y] = [part.x + i % part.widthPx, part.y + Math.floor(i / part.widthPx)];
    return y * widthPx + x;
  });
}

function grayPartOf(picture: GrayPicture, part: Rectangle): GrayPicture {
  const { widthPx, heightPx } = part;
  const lightness = Float32Array.from(pixelsOf(picture, part), (at) => picture.lightness[at]!);
  return { widthPx, heightPx, lightness };
}

function colorPartOf(picture: ColorPicture, part: Rectangle): ColorPicture {
  const gray = grayPartOf(picture, part);
  const ab = new Float32Array(2 * gray.lightness.length);
  pixelsOf(picture, part).forEach((at, i) => {
    ab.set(picture.ab.subarray(2 * at, 2 * at + 2), 2 * i);
  });
  return { ...gray, ab };
}
