/**
 * How often each ab bin occurs in a set of pictures, and the smoothed distribution p~ of ECCV16.
 * @see Zhang, Isola, Efros 2016, "Colorful Image Colorization", section 2.2.
 */
import { BIN_COUNT, binCenters, nearestBin } from "./ab_bins.ts";
import table from "./ab_prior.json" with { type: "json" };

/**
 * Pixels per bin, shape [313], in the 100,000 training images of Tiny ImageNet; the table names the
 * command that counted them.
 */
export const TRAINING_AB_COUNTS: readonly number[] = table.counts;

/** Sigma of the Gaussian that smooths the distribution, in ab units. */
const SMOOTHING_SIGMA = 5;

/**
 * Adds the pixels of a picture to the count of their nearest bins.
 * @param ab Interleaved a*, b*, shape [H * W * 2].
 * @param counts Pixels per bin so far, shape [313]; changed in place.
 */
export function countAbBins(ab: Float32Array, counts: Float64Array): void {
  for (let i = 0; i < ab.length; i += 2) counts[nearestBin(ab[i]!, ab[i + 1]!)]! += 1;
}

/**
 * The distribution p~ over bins: counts smoothed by a Gaussian of sigma 5 over the bin centers.
 * What would spread outside the table stays in it: each bin hands out exactly its own share.
 * @param counts Pixels per bin, shape [313], not all 0.
 * @returns Shares, shape [313], with sum 1; far from every pixel they round to 0.
 * @throws {RangeError} When there is not one count per bin, or there are no pixels.
 */
export function smoothAbPrior(counts: ArrayLike<number>): Float64Array {
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  if (counts.length !== BIN_COUNT || !(total > 0)) {
    throw new RangeError(
      `Cannot smooth ab counts: must be ${BIN_COUNT} counts of pixels, got ${counts.length} with sum ${total}`,
    );
  }
  const prior = new Float64Array(BIN_COUNT);
  for (let from = 0; from < BIN_COUNT; from++) {
    if (counts[from] === 0) continue;
    const shares = gaussianShares(from);
    for (let to = 0; to < BIN_COUNT; to++) prior[to]! += shares[to]! * counts[from]! / total;
  }
  return prior;
}

/**
 * Weights of bins against their prior: 1 / ((1 - lambda) * prior + lambda / Q), scaled so that the
 * mean of the weights over the prior is 1.
 * @param prior Shares of the bins, shape [Q], with sum 1.
 * @param lambda Part of the uniform distribution in the one that weights are the inverse of, 0..1.
 * @returns Shape [Q].
 * @see Zhang, Isola, Efros 2016, "Colorful Image Colorization", equation 4.
 */
export function rebalancedWeights(prior: ArrayLike<number>, lambda: number): Float64Array {
  const weights = Float64Array.from(
    prior,
    (share) => 1 / ((1 - lambda) * share + lambda / prior.length),
  );
  const mean = weights.reduce((sum, weight, bin) => sum + weight * prior[bin]!, 0);
  return weights.map((weight) => weight / mean);
}

/** What each bin takes of one bin's pixels, with sum 1. */
function gaussianShares(from: number): Float64Array {
  const shares = new Float64Array(BIN_COUNT);
  for (let to = 0; to < BIN_COUNT; to++) {
    const da = binCenters[2 * to]! - binCenters[2 * from]!;
    const db = binCenters[2 * to + 1]! - binCenters[2 * from + 1]!;
    shares[to] = Math.exp(-(da * da + db * db) / (2 * SMOOTHING_SIGMA ** 2));
  }
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}
