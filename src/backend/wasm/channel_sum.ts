import * as tf from "@tensorflow/tfjs";
import { heapView } from "./heap.ts";

/**
 * Sums over all axes but the last, or over all, in double precision. The built-in kernel transposes
 * the tensor first and sums in single precision. (A product with a vector of ones would be no
 * option: XNNPACK caches a packed operand by its data, whatever its shape, so the same gradient
 * multiplied in two shapes reads out of bounds.)
 * @param values [.., C], on the WASM backend.
 * @param options.channels C, or 1 for the sum of everything.
 * @param options.scalar Whether the result has shape [] instead of [C].
 */
export function channelSum(
  values: tf.TensorInfo,
  { channels, scalar }: { channels: number; scalar: boolean },
): tf.Tensor {
  const from = heapView(values);
  const sums = new Float64Array(channels);
  for (let i = 0; i < from.length; i += channels) {
    for (let c = 0; c < channels; c++) sums[c]! += from[i + c]!;
  }
  return tf.tensor(new Float32Array(sums), scalar ? [] : [channels]);
}
