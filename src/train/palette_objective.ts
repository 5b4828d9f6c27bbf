/** Palette's objective: the distribution of colors of each 2x2 pixels, some of them hinted. */
import * as tf from "@tensorflow/tfjs";
import { rgbToLab } from "../color/lab.ts";
import { normalizeAb } from "../color/normalize.ts";
import { SOFT_BIN_COUNT, softBinsOf } from "../color/soft_bins.ts";
import { agedLightness } from "../data/aged_lightness.ts";
import { augmentImages } from "../data/augment.ts";
import { paletteInput } from "../network/palette.ts";
import { drawHints } from "./draw_hints.ts";
import type { Objective } from "./objective.ts";
import { softCrossEntropy } from "./soft_cross_entropy.ts";

/** Images, their hints and what each pixel of the half-resolution map is taught. */
export interface PaletteShare {
  count: number;
  heightPx: number;
  widthPx: number;
  /** L*, 0..100, shape [N, H, W, 1]. */
  lightness: Float32Array;
  /** ab / 128 and 1 where a color is given, else 0, shape [N, H, W, 3]. */
  hints: Float32Array;
  /** Bins and weights of the mean color of 2x2 pixels, shape [N, H / 2, W / 2, 5]. */
  bins: Int32Array;
  weights: Float32Array;
}

/** Part of the images that get no hints, so that the network learns to do without. */
const UNHINTED = 0.5;

/** Tells the draws of hints from those of other augmentation. */
const HINTS_KEY = 0x41;

/** Soft cross-entropy over ab bins, the mean over all pixels of the map. */
export const PALETTE_OBJECTIVE: Objective<PaletteShare> = {
  squaredError: false,

  makeShare(rgb, place) {
    const { count, sizePx } = place;
    const seen = place.augment ? augmentImages(rgb, place) : rgb;
    const { lightness: own, ab } = rgbToLab(seen, 3);
    const lightness = place.augment ? agedLightness(seen, place) : own;
    const { bins, weights } = softBinsOf(halveAb(ab, { count, sizePx }));
    const hints = drawHints(normalizeAb(ab), place, { key: HINTS_KEY, unhinted: UNHINTED });
    return { count, heightPx: sizePx, widthPx: sizePx, lightness, hints, bins, weights };
  },

  lossOf(network, share, context) {
    const { count, heightPx, widthPx } = share;
    const lightness = tf.tensor4d(share.lightness, [count, heightPx, widthPx, 1]);
    const hints = tf.tensor4d(share.hints, [count, heightPx, widthPx, 3]);
    const kwargs = context as unknown as Parameters<tf.LayersModel["apply"]>[1];
    const input = paletteInput(lightness, hints);
    const logits = network.layers!.apply(input, kwargs!) as tf.Tensor4D;
    const targets = [count, heightPx / 2, widthPx / 2, SOFT_BIN_COUNT];
    const sum = softCrossEntropy(logits, {
      bins: tf.tensor(share.bins, targets, "int32"),
      weights: tf.tensor(share.weights, targets),
    });
    return tf.div(sum, context.batchImages * heightPx * widthPx / 4) as tf.Scalar;
  },
};

/** Mean ab of each 2x2 pixels of square images, shape [N, H / 2, W / 2, 2]. */
function halveAb(
  ab: Float32Array,
  { count, sizePx }: { count: number; sizePx: number },
): Float32Array {
  const halved = new Float32Array(ab.length / 4);
  const stride = 2 * sizePx;
  let to = 0;
  for (let row = 0; row < count * sizePx; row += 2) {
    const end = (row + 1) * stride;
    for (let from = row * stride; from < end; from += 4, to += 2) {
      const below = from + stride;
      halved[to] = (ab[from]! + ab[from + 2]! + ab[below]! + ab[below + 2]!) / 4;
      halved[to + 1] = (ab[from + 1]! + ab[from + 3]! + ab[below + 1]! + ab[below + 3]!) / 4;
    }
  }
  return halved;
}
