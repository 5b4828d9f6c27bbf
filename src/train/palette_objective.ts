/** Palette's objective: the distribution of colors of each 2x2 pixels, some of them hinted. */
import * as tf from "@tensorflow/tfjs";
import { rgbToLab } from "../color/lab.ts";
import { normalizeAb } from "../color/normalize.ts";
import { SOFT_BIN_COUNT, softBinsOf } from "../color/soft_bins.ts";
import { agedLightness } from "../data/aged_lightness.ts";
import { augmentImages } from "../data/augment.ts";
import { paletteInput } from "../network/palette.ts";
import { faithfulColors } from "../network/decode_logits.ts";
import { drawHints } from "./draw_hints.ts";
import type { Objective } from "./objective.ts";
import { labToRgbPlanes } from "./lab_to_rgb.ts";
import { softCrossEntropy } from "./soft_cross_entropy.ts";
import { enlargeTwice, structuralLoss } from "./structural_loss.ts";

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
  /** L* and 8-bit RGB as the picture is, where `lightness` is as a camera may have seen it. */
  ownLightness: Float32Array;
  rgb: Uint8Array;
}

/** Part of the images that get no hints, so that the network learns to do without. */
const UNHINTED = 0.5;

/** Red, green and blue. */
const CHANNELS = 3;

/** Tells the draws of hints from those of other augmentation. */
const HINTS_KEY = 0x41;

/**
 * Soft cross-entropy over ab bins, the mean over all pixels of the map; and by `ssimWeight` what
 * faithful colors lack to an SSIM of 1, the mean over all images and channels.
 */
export const PALETTE_OBJECTIVE: Objective<PaletteShare> = {
  squaredError: false,

  makeShare(rgb, place) {
    const { count, sizePx } = place;
    const seen = place.augment ? augmentImages(rgb, place) : rgb;
    const { lightness: own, ab } = rgbToLab(seen, 3);
    const lightness = place.augment ? agedLightness(seen, place) : own;
    const { bins, weights } = softBinsOf(halveAb(ab, { count, sizePx }));
    const hints = drawHints(normalizeAb(ab), place, { key: HINTS_KEY, unhinted: UNHINTED });
    const truth = { ownLightness: own, rgb: seen.slice() };
    return { count, heightPx: sizePx, widthPx: sizePx, lightness, hints, bins, weights, ...truth };
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
    const entropy = tf.div(sum, context.batchImages * heightPx * widthPx / 4) as tf.Scalar;
    const { ssimWeight = 0, batchImages } = context;
    if (ssimWeight === 0) return entropy;
    const lacking = tf.div(structuralLossOf(logits, share), CHANNELS * batchImages);
    return tf.add(entropy, tf.mul(lacking, ssimWeight)) as tf.Scalar;
  },
};

/** 1 - SSIM of the faithful colors with the pictures' own lightness, summed over their channels. */
function structuralLossOf(
  logits: tf.Tensor4D,
  { count, heightPx, widthPx, ...truth }: PaletteShare,
): tf.Scalar {
  const shape = [count, heightPx, widthPx] as const;
  const colors = enlargeTwice(channelPlanes(faithfulColors(logits)));
  const [a, b] = tf.split(colors, 2) as [tf.Tensor3D, tf.Tensor3D];
  const predicted = labToRgbPlanes(tf.tensor3d(truth.ownLightness, [...shape]), { a, b });
  const actual = tf.div(channelPlanes(tf.tensor4d(truth.rgb, [...shape, CHANNELS])), 255);
  return structuralLoss(predicted, actual as tf.Tensor3D);
}

/** The planes of each channel in turn, [N, H, W, C] to [C * N, H, W]. */
function channelPlanes(x: tf.Tensor4D): tf.Tensor3D {
  const [count, height, width, channels] = x.shape;
  // As a matrix: tfjs' WebGPU shader for four axes does not compile in Deno.
  const planes = tf.transpose(tf.reshape(x, [count * height * width, channels]));
  return tf.reshape(planes, [channels * count, height, width]) as tf.Tensor3D;
}

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
