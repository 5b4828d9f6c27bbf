import * as tf from "@tensorflow/tfjs";
import { heapView } from "./heap.ts";

/**
 * Sums over all axes but the last, in double precision. The built-in kernel transposes the tensor
 * first and sums in single precision. (A product with a vector of ones would be no option: XNNPACK
 * caches a packed operand by its data, whatever its shape, so the same gradient multiplied in two
 * shapes reads out of bounds.)
 * @param values [.., C], on the WASM backend.
 * @returns [C].
 */
export function channelSum(values: tf.TensorInfo): tf.Tensor1D {
  const channels = values.shape.at(-1)!;
  const from = heapView(values);
  const sums = new Float64Array(channels);
  for (let i = 0; i < from.length; i += channels) {
    for (let c = 0; c < channels; c++) sums[c]! += from[i + c]!;
  }
  return tf.tensor1d(new Float32Array(sums));
}
