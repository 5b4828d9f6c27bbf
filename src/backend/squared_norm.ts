/** The squared norm of several tensors together, as clipping by the global norm needs it. */
import * as tf from "@tensorflow/tfjs";
import type { KernelCall } from "./own_kernels.ts";

/** Kernel `SquaredNorm`, on an array of tensors, in tfjs' own operations. @returns Shape [1]. */
export function composeSquaredNorm({ inputs }: KernelCall): tf.TensorInfo {
  return tf.tidy(() => {
    const sums = Object.values(inputs).map((tensor) => tf.sum(tf.square(tensor as tf.Tensor)));
    // Not tf.addN: on webgpu it binds all its inputs at once, and more than a device takes.
    return tf.reshape(sums.reduce((sum, part) => tf.add(sum, part)), [1]);
  });
}
