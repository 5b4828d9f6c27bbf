import * as tf from "@tensorflow/tfjs";
import type { DecodeSettings } from "../color/decode_bins.ts";
import { gamutBinCenters } from "../color/gamut_bins.ts";
import { AB_SCALE } from "../color/normalize.ts";

/**
 * Decodes logits to colors on the device: what `color/decode_bins.ts` does on plain arrays.
 * @param logits Scores of the ab bins, shape [N, H, W, Q].
 * @param options.prior Shares of the bins, shape [Q], with sum 1.
 * @returns ab / 128, shape [N, H, W, 2]. The caller disposes it.
 */
export function decodeLogits(
  logits: tf.Tensor4D,
  { prior, lambda, gain, temperature }: DecodeSettings & { prior: tf.Tensor1D },
): tf.Tensor4D {
  return tf.tidy(() => {
    const [images, height, width, bins] = logits.shape;
    const uniform = lambda / bins;
    const weights = tf.reciprocal(tf.add(tf.mul(prior, 1 - lambda), uniform));
    const scaled = tf.div(weights, tf.sum(tf.mul(weights, prior)));
    const offsets = tf.mul(tf.log(scaled), gain); // [Q]
    const adjusted = tf.div(tf.add(logits, offsets), temperature);
    const shares = tf.softmax(tf.reshape(adjusted, [images * height * width, bins]));
    const centers = tf.tensor2d(gamutBinCenters.map((value) => value / AB_SCALE), [bins, 2]);
    const means = tf.matMul(shares as tf.Tensor2D, centers);
    return tf.reshape(means, [images, height, width, 2]) as tf.Tensor4D;
  });
}
