import type * as tf from "@tensorflow/tfjs";
import { heapTensor, heapView } from "./heap.ts";

/**
 * Turns a tensor around along one axis, run by run: tfjs' own kernel goes value by value, which for
 * features of 32x32 pixels takes a tenth of what a network takes.
 * @param axis Which, from 0.
 * @returns Shape of `x`.
 */
export function reverse(x: tf.TensorInfo, axis: number): tf.Tensor {
  const result = heapTensor(x.shape);
  const [from, to] = [heapView(x), heapView(result)];
  const length = x.shape[axis]!;
  const run = x.shape.slice(axis + 1).reduce((product, side) => product * side, 1);
  const line = length * run;
  for (let start = 0; start < from.length; start += line) {
    for (let i = 0; i < length; i++) {
      const at = start + i * run;
      to.set(from.subarray(at, at + run), start + line - (i + 1) * run);
    }
  }
  return result;
}
