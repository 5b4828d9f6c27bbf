import * as tf from "@tensorflow/tfjs";

/**
 * Gives a variable data of its own when it shares it, for a kernel to change in place: a clone, a
 * reshaped view or the tensor that was assigned must not change along.
 */
export function ownData(variable: tf.Variable): void {
  if (tf.backend().refCount(variable.dataId) === 1) return;
  tf.tidy(() => variable.assign(tf.mul(variable, 1)));
}
