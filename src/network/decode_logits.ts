import * as tf from "@tensorflow/tfjs";
import {
  type DecodeSettings,
  FAITHFUL_TEMPERATURE,
  keepsFaithful,
  redness,
  sameChromaMeans,
} from "../color/decode_bins.ts";
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
  { prior, ...settings }: DecodeSettings & { prior: tf.Tensor1D },
): tf.Tensor4D {
  return tf.tidy(() => {
    const [images, height, width, bins] = logits.shape;
    const rows = tf.reshape(logits, [images * height * width, bins]) as tf.Tensor2D;
    const vivid = vividColors(rows, { prior, ...settings });
    const ab = keepsFaithful(settings) ? calmed(vivid, rows, settings) : vivid;
    return tf.reshape(ab, [images, height, width, 2]) as tf.Tensor4D;
  });
}

/** Means over the adjusted distributions, their chroma restored, shape [P, 2]. */
function vividColors(
  logits: tf.Tensor2D,
  { prior, lambda, gain, temperature, chroma, red }: DecodeSettings & { prior: tf.Tensor1D },
): tf.Tensor2D {
  const shares = chromaPrior(prior);
  const weights = tf.reciprocal(tf.add(tf.mul(shares, 1 - lambda), lambda / prior.size));
  const scaled = tf.div(weights, tf.sum(tf.mul(weights, shares)));
  const reds = tf.mul(tf.tensor1d(redness(gamutBinCenters)), red);
  const offsets = tf.sub(tf.mul(tf.log(scaled), gain), reds); // [Q]
  const { ab, length, radius } = meanColors(tf.add(logits, offsets), temperature);
  const lost = tf.div(radius, tf.add(length, TINY));
  return tf.mul(ab, tf.clipByValue(lost, 1, chroma));
}

/** Mixes colors with the faithful ones where hues disagree or colors are pale, shape [P, 2]. */
function calmed(
  vivid: tf.Tensor2D,
  logits: tf.Tensor2D,
  { dispersion, neutral }: Pick<DecodeSettings, "dispersion" | "neutral">,
): tf.Tensor2D {
  const { ab, length, radius } = meanColors(logits, FAITHFUL_TEMPERATURE);
  const disagreement = tf.div(tf.sub(radius, length), dispersion / AB_SCALE);
  const hue = tf.add(fourth(disagreement), 1);
  const paleness = tf.add(tf.square(fourth(tf.div(neutral / AB_SCALE, tf.add(radius, TINY)))), 1);
  return tf.add(ab, tf.div(tf.sub(vivid, ab), tf.mul(hue, paleness)));
}

function fourth(x: tf.Tensor): tf.Tensor {
  return tf.square(tf.square(x));
}

/** Means over the softmax of logits [P, Q]: ab [P, 2], its length and the chroma, [P, 1] each. */
function meanColors(
  logits: tf.Tensor2D,
  temperature: number,
): Record<"ab" | "length" | "radius", tf.Tensor2D> {
  const distribution = tf.softmax(tf.div(logits, temperature)) as tf.Tensor2D;
  const means = tf.matMul(distribution, binColumns());
  const [ab, radius] = tf.split(means, [2, 1], 1) as [tf.Tensor2D, tf.Tensor2D];
  return { ab, length: tf.norm(ab, 2, 1, true) as tf.Tensor2D, radius };
}

/** The mean share at the chroma of each bin, shape [Q]. */
function chromaPrior(prior: tf.Tensor1D): tf.Tensor1D {
  const bins = prior.shape[0];
  chromaMeans ??= sameChromaMeans(gamutBinCenters);
  const shares = tf.dot(tf.tensor2d(chromaMeans, [bins, bins]), prior);
  return tf.div(shares, tf.sum(shares)) as tf.Tensor1D;
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
