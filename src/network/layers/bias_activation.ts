import * as tf from "@tensorflow/tfjs";
import { runKernel } from "./run_kernel.ts";

/** What follows a convolution's sums. */
export type Activation = "linear" | "relu" | "tanh";

/**
 * Adds a bias and applies an activation, in one pass over the values.
 * @param sums [N, H, W, C].
 * @param bias [C].
 */
export function biasActivation(
  sums: tf.Tensor4D,
  bias: tf.Tensor1D,
  activation: Activation,
): tf.Tensor4D {
  return runKernel("BiasActivation", { inputs: { sums, bias }, attributes: { activation } });
}

/**
 * Gradients of an activation behind a bias, in one pass over the values.
 * @param dy Gradient of the activation's result y, [N, H, W, C].
 * @returns Gradients of the sums before the bias [N, H, W, C], and of the bias [C].
 */
export function biasActivationGradients(
  dy: tf.Tensor4D,
  y: tf.Tensor4D,
  activation: Activation,
): [tf.Tensor4D, tf.Tensor1D] {
  if (activation === "linear") return [dy, tf.sum(dy, [0, 1, 2])];
  return runKernel("BiasActivationGradient", { inputs: { dy, y }, attributes: { activation } });
}

tf.registerGradient({
  kernelName: "BiasActivation",
  outputsToSave: [true],
  gradFunc: (dy, saved, attributes) => {
    const { activation } = attributes as unknown as { activation: Activation };
    const y = saved[0] as tf.Tensor4D;
    const [dSums, dBias] = biasActivationGradients(dy as tf.Tensor4D, y, activation);
    return { sums: () => tf.clone(dSums), bias: () => tf.clone(dBias) };
  },
});
