import * as tf from "@tensorflow/tfjs";
import { BIN_COUNT, binCenters } from "../color/ab_bins.ts";
import { AB_SCALE } from "../color/normalize.ts";
import type { Eccv16Config } from "./config.ts";
import { AnnealedMean } from "./layers/annealed_mean.ts";
import { apply } from "./layers/apply.ts";
import type { InitialWeights } from "./layers/initial_weights.ts";
import { ZHANG_AB_SCALE, ZhangBlocks } from "./zhang_blocks.ts";

/**
 * Applies the network of "Colorful Image Colorization": eight blocks of convolutions that come down
 * to an eighth of the sides and up to a quarter, and a distribution over 313 ab bins there.
 * @param lightness L*, 0..100, shape [N, H, W, 1]; sides divide by 8.
 * @returns Logits of the bins of `color/ab_bins.ts`, [N, H / 4, W / 4, 313], and the colors that
 * they mean, ab / 110, [N, H / 4, W / 4, 2].
 * @see Zhang, Isola, Efros 2016, arXiv:1603.08511.
 */
export function applyEccv16(
  lightness: tf.SymbolicTensor,
  { width, temperature }: Eccv16Config,
  { initial }: { initial: InitialWeights },
): [logits: tf.SymbolicTensor, ab: tf.SymbolicTensor] {
  const blocks = new ZhangBlocks(initial);
  const normalize = tf.layers.rescaling({ name: "normalize", scale: 1 / 100, offset: -0.5 });
  let features = apply(normalize, lightness);
  features = blocks.block(features, 1, { filters: width, convs: 2, lastStride: 2 });
  features = blocks.block(features, 2, { filters: 2 * width, convs: 2, lastStride: 2 });
  features = blocks.block(features, 3, { filters: 4 * width, lastStride: 2 });
  for (const [number, dilation] of [[4, 1], [5, 2], [6, 2], [7, 1]] as const) {
    features = blocks.block(features, number, { filters: 8 * width, dilation });
  }
  features = blocks.enlarge(features, "conv8_1", { filters: 4 * width });
  features = apply(tf.layers.reLU({ name: "relu8_1" }), features);
  features = blocks.block(features, 8, { filters: 4 * width, convs: 2, batchNorm: false });
  const bins = { filters: BIN_COUNT, kernelSize: 1, activation: "linear" } as const;
  const logits = blocks.conv(features, "bins", bins);
  const mean = new AnnealedMean({
    name: "ab",
    temperature,
    centers: binCenters.map((value) => value / ZHANG_AB_SCALE),
  });
  return [logits, apply(mean, logits)];
}

/**
 * Predicts colors: those of the logits, enlarged bilinearly to the sides of the picture. The caller
 * disposes the result.
 * @param lightness L*, 0..100, shape [N, H, W, 1].
 * @returns ab / 128, shape [N, H, W, 2].
 */
export function predictEccv16(layers: tf.LayersModel, lightness: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const [, height, width] = lightness.shape;
    const [, ab] = layers.apply(lightness, { training: false }) as tf.Tensor4D[];
    const scaled = tf.mul(ab!, ZHANG_AB_SCALE / AB_SCALE) as tf.Tensor4D;
    return tf.image.resizeBilinear(scaled, [height, width], false, true);
  });
}
