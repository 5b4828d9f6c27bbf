import * as tf from "@tensorflow/tfjs";
import { type DecodeSettings, sameChromaMeans } from "../color/decode_bins.ts";
import { gamutBinCenters } from "../color/gamut_bins.ts";
import { AB_SCALE } from "../color/normalize.ts";

/** Below all that a pixel shows. */
const TINY = 1e-6;

/** Of the bins, computed once. */
let chromaMeans: Float32Array | undefined;

/**
 * Decodes logits to colors on the device: what `color/decode_bins.ts` does on plain arrays.
 * @param logits Scores of the ab bins, shape [N, H, W, Q].
 * @param options.prior Shares of the bins, shape [Q], with sum 1.
 * @returns ab / 128, shape [N, H, W, 2]. The caller disposes it.
 */
export function decodeLogits(
  logits: tf.Tensor4D,
  { prior, lambda, gain, temperature, chroma }: DecodeSettings & { prior: tf.Tensor1D },
): tf.Tensor4D {
  return tf.tidy(() => {
    const [images, height, width, bins] = logits.shape;
    const uniform = lambda / bins;
    const shares = temperedPrior(prior);
    const weights = tf.reciprocal(tf.add(tf.mul(shares, 1 - lambda), uniform));
    const scaled = tf.div(weights, tf.sum(tf.mul(weights, shares)));
    const offsets = tf.mul(tf.log(scaled), gain); // [Q]
    const adjusted = tf.div(tf.add(logits, offsets), temperature);
    const distribution = tf.softmax(tf.reshape(adjusted, [images * height * width, bins]));
    const means = tf.matMul(distribution as tf.Tensor2D, binColumns()); // [N * H * W, 3]
    const [ab, radius] = tf.split(means, [2, 1], 1) as [tf.Tensor2D, tf.Tensor2D];
    const lost = tf.div(radius, tf.add(tf.norm(ab, 2, 1, true), TINY));
    const restored = tf.mul(ab, tf.clipByValue(lost, 1, chroma));
    return tf.reshape(restored, [images, height, width, 2]) as tf.Tensor4D;
  });
}

/** The prior, tempered towards one that knows no hues, shape [Q]. */
function temperedPrior(prior: tf.Tensor1D): tf.Tensor1D {
  const bins = prior.shape[0];
  chromaMeans ??= sameChromaMeans(gamutBinCenters);
  const means = tf.tensor2d(chromaMeans, [bins, bins]);
  const atChroma = tf.dot(means, prior);
  const tempered = tf.sqrt(tf.mul(prior, atChroma));
  return tf.div(tempered, tf.sum(tempered)) as tf.Tensor1D;
}

/** a / 128, b / 128 and chroma / 128 of each bin, shape [Q, 3]. */
function binColumns(): tf.Tensor2D {
  const bins = gamutBinCenters.length / 2;
  const columns = Array.from({ length: bins }, (_, bin) => {
    const [a, b] = [gamutBinCenters[2 * bin]!, gamutBinCenters[2 * bin + 1]!];
    return [a / AB_SCALE, b / AB_SCALE, Math.hypot(a, b) / AB_SCALE];
  });
  return tf.tensor2d(columns);
}
