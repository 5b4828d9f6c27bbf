/**
 * From a distribution over ab bins to one color: the annealed mean of ECCV16, with the bins weighted
 * against how common their chroma is, much as its training would have weighted them. Training sees
 * no weights here, so one network serves faithful and vivid color. A mean of colors that differ is
 * paler than any of them: vivid colors get back chroma that it has lost. Where the likely hues
 * contradict each other, as those of a thing that may have been painted in any color, to choose one
 * is to be wrong, and where colors are likely to be pale, as those of walls and snow, vivid ones are
 * a cast: such places keep the faithful color. Reds are held back in vivid color, as what may be red
 * or brown rarely is red. The plain reference of `network/decode_logits.ts`.
 * @see Zhang, Isola, Efros 2016, "Colorful Image Colorization", equations 4 and 5.
 */

import { rebalancedWeights } from "./ab_prior.ts";

/** How a distribution becomes a color. */
export interface DecodeSettings {
  /** Part of the uniform distribution in the one that weights are the inverse of, 0..1. */
  lambda: number;
  /** How far the weights reach the distribution, g: 0 not at all, 1 in full, and above still further. */
  gain: number;
  /** Temperature of the softmax, above 0: 1 gives the mean, near 0 the most likely bin. */
  temperature: number;
  /**
   * The most that the chroma of the mean is multiplied by, towards the mean of the chroma; 1 leaves
   * it. A distribution of one color, as at a hint, has lost none and gets none.
   */
  chroma: number;
  /**
   * The dispersion of hues, in ab units, that leaves half of the way from faithful to vivid color;
   * above 0, Infinity for all of it always. Dispersion is what the mean lacks to the mean chroma:
   * 0 where all likely colors have one hue, 7 and more at painted things.
   */
  dispersion: number;
  /**
   * The mean chroma of the likely colors, in ab units, that leaves half of the way from faithful to
   * vivid color; 0 or more, 0 for all of it always.
   */
  neutral: number;
  /**
   * How much reds are held back in vivid color, 0 or more: what is taken from the logit of a bin of
   * hue 0.2 and chroma 30, as `redness` has it. What may be brown or red, rock say, gets brown.
   */
  red: number;
}

/** Below all that a pixel shows. */
const TINY = 1e-4;

/** How suddenly dispersion ends vivid color, and how suddenly chroma begins it. */
const DISPERSION_POWER = 4;
const NEUTRAL_POWER = 8;

/** Where bins are red, in radians, ab units and radians. */
const RED_HUE = 0.2;
const RED_CHROMA = 30;
const RED_SIGMA = 0.5;

/** Sigma of what counts as the same chroma, in ab units: half the step between bins. */
const SAME_CHROMA_SIGMA = 5;

/** Settings by vividness, in rising order; between two of them all change linearly. */
const SETTINGS: readonly (Omit<DecodeSettings, "neutral"> & { vividness: number })[] = [
  { vividness: 0, lambda: 0.5, gain: 0, temperature: 0.7, chroma: 1, dispersion: 4.5, red: 0 },
  {
    vividness: 0.5,
    lambda: 0.5,
    gain: 0.6,
    temperature: 0.5,
    chroma: 1.3,
    dispersion: 4.5,
    red: 1,
  },
  {
    vividness: 1,
    lambda: 0.1,
    gain: 1.6,
    temperature: 0.25,
    chroma: 1.3,
    dispersion: 7,
    red: 1.3,
  },
];

/** Temperature of faithful colors, which places of many hues or of little chroma keep. */
export const FAITHFUL_TEMPERATURE = SETTINGS[0]!.temperature;

/** Walls and snow have less, skies and meadows more. */
const NEUTRAL = 13;

/**
 * Settings for a vividness: 0 is faithful (best PSNR and SSIM), 1 as colorful as photographs are.
 * @throws {RangeError} When it is outside 0..1.
 */
export function decodeSettings(vividness: number): DecodeSettings {
  if (!(vividness >= 0 && vividness <= 1)) {
    throw new RangeError(`Cannot decode colors: vividness must lie in 0..1, got ${vividness}`);
  }
  const after = SETTINGS.findIndex((settings) => settings.vividness >= vividness);
  const [from, to] = [SETTINGS[Math.max(0, after - 1)]!, SETTINGS[after]!];
  const part = from === to ? 0 : (vividness - from.vividness) / (to.vividness - from.vividness);
  const mix = (name: keyof typeof from) => (1 - part) * from[name] + part * to[name];
  return {
    lambda: mix("lambda"),
    gain: mix("gain"),
    temperature: mix("temperature"),
    chroma: mix("chroma"),
    dispersion: mix("dispersion"),
    neutral: NEUTRAL,
    red: mix("red"),
  };
}

/** Whether vivid color is wanted at all, and not everywhere: only then faithful colors count. */
export function keepsFaithful(
  { gain, temperature, chroma, dispersion, neutral, red }: DecodeSettings,
): boolean {
  const isFaithful = gain === 0 && temperature === FAITHFUL_TEMPERATURE && chroma === 1 &&
    red === 0;
  return !isFaithful && (dispersion < Infinity || neutral > 0);
}

/**
 * What is added to the logits: gain * log w, w = 1 / ((1 - lambda) * share + lambda / Q), scaled so
 * that the mean of w over the shares is 1, less red * `redness`. The shares are those of
 * `chromaPrior`.
 * @param prior Shares of the bins, shape [Q], with sum 1.
 * @param options.centers Interleaved a*, b* of the bins, shape [Q * 2].
 * @returns Shape [Q].
 */
export function binLogitOffsets(
  prior: ArrayLike<number>,
  { centers, lambda, gain, red }: Pick<DecodeSettings, "lambda" | "gain" | "red"> & {
    centers: ArrayLike<number>;
  },
): Float64Array {
  const weights = rebalancedWeights(chromaPrior(prior, centers), lambda);
  const reds = redness(centers);
  return weights.map((weight, bin) => gain * Math.log(weight) - red * reds[bin]!);
}

/**
 * How red bins are: 1 at a hue of 0.2 radians, which is that of blood and bricks, and a chroma of 30;
 * in proportion to chroma, and by a Gaussian of sigma 0.5 radians less at other hues.
 * @param centers Interleaved a*, b* of the bins, shape [Q * 2].
 * @returns Shape [Q].
 */
export function redness(centers: ArrayLike<number>): Float32Array {
  return Float32Array.from({ length: centers.length / 2 }, (_, bin) => {
    const [a, b] = [centers[2 * bin]!, centers[2 * bin + 1]!];
    const distance = Math.atan2(b, a) - RED_HUE;
    return Math.hypot(a, b) / RED_CHROMA * Math.exp(-(distance ** 2) / (2 * RED_SIGMA ** 2));
  });
}

/**
 * What a prior that knows chroma alone gives the bins: the mean share at the chroma of each. Weights
 * against the own shares lift rare hues above common ones of the same chroma, and what may be blue
 * or brown turns violet and red.
 * @param prior Shares of the bins, shape [Q], with sum 1.
 * @param centers Interleaved a*, b* of the bins, shape [Q * 2].
 * @returns Shape [Q], with sum 1.
 */
function chromaPrior(prior: ArrayLike<number>, centers: ArrayLike<number>): Float64Array {
  const bins = prior.length;
  const means = sameChromaMeans(centers);
  const shares = new Float64Array(bins);
  for (let bin = 0; bin < bins; bin++) {
    for (let other = 0; other < bins; other++) {
      shares[bin]! += means[bin * bins + other]! * prior[other]!;
    }
  }
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}

/**
 * The matrix that gives each bin the mean over the bins of its chroma, by a Gaussian of sigma 5.
 * @param centers Interleaved a*, b* of the bins, shape [Q * 2].
 * @returns Shape [Q * Q]; each row has sum 1.
 */
export function sameChromaMeans(centers: ArrayLike<number>): Float32Array {
  const bins = centers.length / 2;
  const chroma = Float64Array.from(
    { length: bins },
    (_, bin) => Math.hypot(centers[2 * bin]!, centers[2 * bin + 1]!),
  );
  const means = new Float32Array(bins * bins);
  for (let bin = 0; bin < bins; bin++) {
    const parts = chroma.map((other) =>
      Math.exp(-((other - chroma[bin]!) ** 2) / (2 * SAME_CHROMA_SIGMA ** 2))
    );
    const sum = parts.reduce((total, part) => total + part, 0);
    for (let other = 0; other < bins; other++) means[bin * bins + other] = parts[other]! / sum;
  }
  return means;
}

/**
 * Decodes logits to colors.
 * @param logits Shape [N * Q].
 * @param options.offsets Of `binLogitOffsets`, shape [Q].
 * @param options.centers Interleaved a*, b* of the bins, shape [Q * 2].
 * @returns Interleaved a*, b*: means over the adjusted distributions, their chroma restored, and
 * mixed with the faithful means where hues disagree or colors are pale; shape [N * 2].
 */
export function decodeBinLogits(
  logits: ArrayLike<number>,
  { offsets, centers, temperature, chroma, dispersion, neutral }:
    & Omit<DecodeSettings, "lambda" | "gain" | "red">
    & Record<"offsets" | "centers", ArrayLike<number>>,
): Float32Array {
  const bins = offsets.length;
  const ab = new Float32Array(2 * logits.length / bins);
  const own = new Float64Array(bins);
  for (let start = 0, to = 0; start < logits.length; start += bins, to += 2) {
    for (let bin = 0; bin < bins; bin++) own[bin] = logits[start + bin]!;
    const faithful = meanColor(own, { centers, temperature: FAITHFUL_TEMPERATURE });
    const disagreement = faithful.radius - Math.hypot(faithful.a, faithful.b);
    const hue = 1 + (disagreement / dispersion) ** DISPERSION_POWER;
    const paleness = 1 + (neutral / (faithful.radius + TINY)) ** NEUTRAL_POWER;
    const part = 1 / (hue * paleness);
    for (let bin = 0; bin < bins; bin++) own[bin]! += offsets[bin]!;
    const vivid = meanColor(own, { centers, temperature });
    const lost = vivid.radius / Math.max(Math.hypot(vivid.a, vivid.b), Number.MIN_VALUE); // 1 or more
    const factor = Math.min(lost, chroma);
    ab[to] = faithful.a + part * (factor * vivid.a - faithful.a);
    ab[to + 1] = faithful.b + part * (factor * vivid.b - faithful.b);
  }
  return ab;
}

/** Means of a*, b* and chroma over the softmax of logits. */
function meanColor(
  logits: Float64Array,
  { centers, temperature }: { centers: ArrayLike<number>; temperature: number },
): { a: number; b: number; radius: number } {
  const highest = logits.reduce((most, logit) => Math.max(most, logit));
  let total = 0, a = 0, b = 0, radius = 0;
  for (const [bin, logit] of logits.entries()) {
    const share = Math.exp((logit - highest) / temperature);
    const [binA, binB] = [centers[2 * bin]!, centers[2 * bin + 1]!];
    total += share;
    a += share * binA;
    b += share * binB;
    radius += share * Math.hypot(binA, binB);
  }
  return { a: a / total, b: b / total, radius: radius / total };
}
