/** SIGGRAPH17's objective: colors at full size with some of them hinted, and their classes beside. */
import * as tf from "@tensorflow/tfjs";
import { BIN_STEP } from "../color/ab_bins.ts";
import { rgbToLab } from "../color/lab.ts";
import { AB_SCALE, normalizeAb } from "../color/normalize.ts";
import { augmentImages } from "../data/augment.ts";
import { SIGGRAPH17_GRID_SIDE, siggraph17Input } from "../network/siggraph17.ts";
import { ZHANG_AB_SCALE } from "../network/zhang_blocks.ts";
import { drawHints } from "./draw_hints.ts";
import { everyFourth, STRIDE } from "./every_fourth.ts";
import type { Objective } from "./objective.ts";
import { softCrossEntropy } from "./soft_cross_entropy.ts";

/** Images, their hints, their colors, and the class of every fourth pixel. */
export interface HintedShare {
  count: number;
  heightPx: number;
  widthPx: number;
  /** L*, 0..100, shape [N, H, W, 1]. */
  lightness: Float32Array;
  /** ab / 128 and 1 where a color is given, else 0, shape [N, H, W, 3]. */
  hints: Float32Array;
  /** ab / 128, shape [N, H, W, 2]. */
  targetAb: Float32Array;
  /** Bins of the class head, shape [N, H / 4, W / 4, 1]. */
  classes: Int32Array;
}

const GRID_MIDDLE = (SIGGRAPH17_GRID_SIDE - 1) / 2;
/** One unit of ab: below it the loss is squared, above it absolute. */
const HUBER_DELTA = 1 / ZHANG_AB_SCALE;
/** Of the colors' loss beside that of the classes, as in the authors' code. */
const COLOR_WEIGHT = 10;
/** Tells the draws of hints from those of other augmentation. */
const HINTS_KEY = 0x17;

/**
 * Huber loss of ab / 110 and cross-entropy of the classes, means over all pixels.
 * @see Zhang, Zhu, Isola et al. 2017, arXiv:1705.02999, section 3.
 */
export const SIGGRAPH17_OBJECTIVE: Objective<HintedShare> = {
  squaredError: false,

  makeShare(rgb, place) {
    const { count, sizePx } = place;
    const seen = place.augment ? augmentImages(rgb, place) : rgb;
    const { lightness, ab } = rgbToLab(seen, 3);
    const classes = classesOf(everyFourth(ab, { count, sizePx }));
    const targetAb = normalizeAb(ab);
    const hints = drawHints(targetAb, place, { key: HINTS_KEY });
    return { count, heightPx: sizePx, widthPx: sizePx, lightness, hints, targetAb, classes };
  },

  lossOf(network, share, context) {
    const { count, heightPx, widthPx } = share;
    const shape = [count, heightPx, widthPx] as const;
    const lightness = tf.tensor4d(share.lightness, [...shape, 1]);
    const input = siggraph17Input(lightness, tf.tensor4d(share.hints, [...shape, 3]));
    const kwargs = context as unknown as Parameters<tf.LayersModel["apply"]>[1];
    const [ab, logits] = network.layers!.apply(input, kwargs!) as tf.Tensor4D[];
    const target = tf.mul(tf.tensor4d(share.targetAb, [...shape, 2]), AB_SCALE / ZHANG_AB_SCALE);
    const pixels = context.batchImages * heightPx * widthPx;
    const colors = tf.mul(huberSum(tf.sub(ab!, target)), COLOR_WEIGHT / (2 * pixels));
    const places = [count, heightPx / STRIDE, widthPx / STRIDE, 1];
    const classes = softCrossEntropy(logits!, {
      bins: tf.tensor(share.classes, places, "int32"),
      weights: tf.ones(places),
    });
    return tf.add(colors, tf.div(classes, pixels / STRIDE ** 2)) as tf.Scalar;
  },
};

/** Half the square over delta below delta, else the absolute value less half of delta; the sum. */
function huberSum(difference: tf.Tensor): tf.Tensor {
  const size = tf.abs(difference);
  const within = tf.minimum(size, HUBER_DELTA);
  // Within delta the second term is nothing, beyond it the first one is constant.
  const squared = tf.div(tf.square(within), 2 * HUBER_DELTA);
  return tf.sum(tf.add(squared, tf.sub(size, within)));
}

/** The grid's class of each color: interleaved a*, b* in, shape [N * 2]; shape [N] out. */
function classesOf(ab: Float32Array): Int32Array {
  const along = (value: number) => {
    const step = Math.round(value / BIN_STEP) + GRID_MIDDLE;
    return Math.min(Math.max(step, 0), SIGGRAPH17_GRID_SIDE - 1);
  };
  return Int32Array.from(
    { length: ab.length / 2 },
    (_, i) => along(ab[2 * i]!) * SIGGRAPH17_GRID_SIDE + along(ab[2 * i + 1]!),
  );
}
