/** ECCV16's objective: the distribution of colors at a quarter of the sides, rare ones weighted up. */
import * as tf from "@tensorflow/tfjs";
import { binCenters } from "../color/ab_bins.ts";
import { rebalancedWeights, smoothAbPrior, TRAINING_AB_COUNTS } from "../color/ab_prior.ts";
import { rgbToLab } from "../color/lab.ts";
import { SOFT_BIN_COUNT, softBinsOf } from "../color/soft_bins.ts";
import { augmentImages } from "../data/augment.ts";
import { everyFourth, STRIDE } from "./every_fourth.ts";
import type { Objective } from "./objective.ts";
import { softCrossEntropy } from "./soft_cross_entropy.ts";

/** Images, and what each pixel of the quarter-resolution map is taught. */
export interface ClassShare {
  count: number;
  heightPx: number;
  widthPx: number;
  /** L*, 0..100, shape [N, H, W, 1]. */
  lightness: Float32Array;
  /** Bins of every fourth pixel and what each of them counts, shape [N, H / 4, W / 4, 5]. */
  bins: Int32Array;
  weights: Float32Array;
}

/** Half of the weights' distribution is uniform. */
const LAMBDA = 0.5;
/** Images whose colors all lie within this many units of gray teach nothing of color. */
const GRAY_AB = 5;

/**
 * Soft cross-entropy over the 313 bins, the mean over all pixels of the map.
 * @param rebalanced Whether each pixel weighs as its nearest bin against the prior.
 * @see Zhang, Isola, Efros 2016, "Colorful Image Colorization", equations 2 to 4.
 */
function createObjective(rebalanced: boolean): Objective<ClassShare> {
  return {
    squaredError: false,

    makeShare(rgb, place) {
      const { count, sizePx } = place;
      const seen = place.augment ? augmentImages(rgb, place) : rgb;
      const { lightness, ab } = rgbToLab(seen, 3);
      const { bins, weights } = softBinsOf(everyFourth(ab, { count, sizePx }), binCenters);
      weighPixels({ bins, weights }, binWeights(rebalanced));
      dropGray(weights, ab, count);
      return { count, heightPx: sizePx, widthPx: sizePx, lightness, bins, weights };
    },

    lossOf(network, share, context) {
      const { count, heightPx, widthPx } = share;
      const lightness = tf.tensor4d(share.lightness, [count, heightPx, widthPx, 1]);
      const kwargs = context as unknown as Parameters<tf.LayersModel["apply"]>[1];
      const [logits] = network.layers!.apply(lightness, kwargs!) as tf.Tensor4D[];
      const targets = [count, heightPx / STRIDE, widthPx / STRIDE, SOFT_BIN_COUNT];
      const sum = softCrossEntropy(logits!, {
        bins: tf.tensor(share.bins, targets, "int32"),
        weights: tf.tensor(share.weights, targets),
      });
      return tf.div(sum, context.batchImages * heightPx * widthPx / STRIDE ** 2) as tf.Scalar;
    },
  };
}

/** As the paper trains, and without its weights, to compare with. */
export const ECCV16_OBJECTIVE: Objective<ClassShare> = createObjective(true);
export const ECCV16_PLAIN_OBJECTIVE: Objective<ClassShare> = createObjective(false);

/** Weights of the bins, shape [313]; made at first use. */
let rebalancing: Float64Array | undefined;

function binWeights(rebalanced: boolean): Float64Array | undefined {
  if (!rebalanced) return undefined;
  return rebalancing ??= rebalancedWeights(smoothAbPrior(TRAINING_AB_COUNTS), LAMBDA);
}

/** Gives each pixel the weight of its nearest bin, the first of its own. */
function weighPixels(
  { bins, weights }: { bins: Int32Array; weights: Float32Array },
  ofBins: Float64Array | undefined,
): void {
  if (!ofBins) return;
  for (let start = 0; start < bins.length; start += SOFT_BIN_COUNT) {
    const weight = ofBins[bins[start]!]!;
    for (let i = start; i < start + SOFT_BIN_COUNT; i++) weights[i]! *= weight;
  }
}

/** Takes all weight from images without color, as the authors' code does. */
function dropGray(weights: Float32Array, ab: Float32Array, count: number): void {
  const [values, own] = [ab.length / count, weights.length / count];
  for (let i = 0; i < count; i++) {
    const image = ab.subarray(i * values, (i + 1) * values);
    if (image.every((value) => Math.abs(value) <= GRAY_AB)) weights.fill(0, i * own, (i + 1) * own);
  }
}
