import * as tf from "@tensorflow/tfjs";
import type { KernelCall } from "./own_kernels.ts";

/**
 * Soft cross-entropy in tfjs' own operations, for where our kernels are switched off.
 * @param call.inputs Logits [.., Q], bins int32 [.., K], weights [.., K].
 * @returns The loss [], and log softmax [P, Q] for the gradient.
 */
export function composeSoftCrossEntropy({ inputs }: KernelCall): tf.Tensor[] {
  const { logits, bins, weights } = inputs as Record<string, tf.Tensor>;
  const [loss, saved] = tf.tidy(() => {
    const logSoftmax = tf.logSoftmax(tf.reshape(logits!, [-1, logits!.shape.at(-1)!]));
    const picked = tf.gather(tf.reshape(logSoftmax, [-1]), targetIndices(bins!, logits!));
    return [tf.neg(tf.sum(tf.mul(picked, tf.reshape(weights!, [-1])))), logSoftmax];
  }) as [tf.Tensor, tf.Tensor];
  return [loss, saved];
}

/**
 * Gradient of the logits, in tfjs' own operations.
 * @param call.inputs Those of the loss, its second result as `saved`, and dy [].
 * @returns [.., Q].
 */
export function composeSoftCrossEntropyGradient({ inputs }: KernelCall): tf.Tensor {
  const { logits, bins, weights, saved, dy } = inputs as Record<string, tf.Tensor>;
  return tf.tidy(() => {
    const indices = tf.expandDims(targetIndices(bins!, logits!), 1);
    const flat = tf.scatterND(indices, tf.reshape(weights!, [-1]), [logits!.size]);
    const targets = tf.reshape(flat, saved!.shape);
    const totals = tf.sum(tf.reshape(weights!, [-1, weights!.shape.at(-1)!]), 1, true);
    const gradient = tf.sub(tf.mul(tf.exp(saved!), totals), targets);
    return tf.reshape(tf.mul(gradient, dy!), logits!.shape);
  });
}

/** Where the targets lie among all logits, int32 [P * K]. */
function targetIndices(bins: tf.Tensor, logits: tf.Tensor): tf.Tensor1D {
  const [classes, targets] = [logits.shape.at(-1)!, bins.shape.at(-1)!];
  const pixels = logits.size / classes;
  const rows = tf.mul(tf.range(0, pixels, 1, "int32"), tf.scalar(classes, "int32"));
  const indices = tf.add(tf.reshape(rows, [pixels, 1]), tf.reshape(bins, [pixels, targets]));
  return tf.reshape(indices, [-1]) as tf.Tensor1D;
}
