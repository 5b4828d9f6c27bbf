/**
 * AuC in which each pixel weighs 1 / p~ of the bin of its true color, so that rare colors count as
 * much as gray ones. Weighted sums are pooled over the split: an image of rare colors counts more.
 * @see Zhang, Isola, Efros 2016, "Colorful Image Colorization", section 3.1, and equation 4 with
 * lambda 0.
 */
import { nearestBin } from "../color/ab_bins.ts";
import { smoothAbPrior } from "../color/ab_prior.ts";
import { reachedShare } from "./auc.ts";

/** Sums over pixels; the metric is `reached / weight`. */
export interface RebalancedSums {
  reached: number;
  weight: number;
}

/**
 * Weight of each bin, 1 / p~. Bins that the counted pictures never reached weigh as much as the
 * heaviest bin reached: their own p~ is a tail of the smoothing and says nothing.
 * @param counts Pixels per bin of the training set, shape [313].
 */
export function rebalancingWeights(counts: ArrayLike<number>): Float64Array {
  const weights = smoothAbPrior(counts).map((share) => 1 / share);
  const heaviest = weights.reduce(
    (heaviest, weight, bin) => counts[bin]! > 0 ? Math.max(heaviest, weight) : heaviest,
    0,
  );
  return weights.map((weight, bin) => counts[bin]! > 0 ? weight : heaviest);
}

/**
 * Weight of each pixel of a true picture.
 * @param trueAb Interleaved a*, b*, shape [H * W * 2].
 * @param binWeights From `rebalancingWeights`, shape [313].
 * @returns Shape [H * W].
 */
export function pixelWeights(trueAb: Float32Array, binWeights: Float64Array): Float64Array {
  const weights = new Float64Array(trueAb.length / 2);
  for (let pixel = 0; pixel < weights.length; pixel++) {
    weights[pixel] = binWeights[nearestBin(trueAb[2 * pixel]!, trueAb[2 * pixel + 1]!)]!;
  }
  return weights;
}

/**
 * Adds one picture to the sums.
 * @param weights From `pixelWeights`, shape [H * W].
 */
export function addRebalanced(
  sums: RebalancedSums,
  weights: Float64Array,
  { trueAb, predictedAb }: { trueAb: Float32Array; predictedAb: Float32Array },
): void {
  for (let pixel = 0; pixel < weights.length; pixel++) {
    sums.reached += weights[pixel]! * reachedShare(trueAb, predictedAb, 2 * pixel);
    sums.weight += weights[pixel]!;
  }
}
