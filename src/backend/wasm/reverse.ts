import type * as tf from "@tensorflow/tfjs";
import { heapTensor, heapView } from "./heap.ts";

/** Values that are copied faster one by one than as a run. */
const SHORT_RUN = 16;

/**
 * Turns a tensor around along one axis. Run by run: tfjs' own kernel looks up each value's place.
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
      const at = start + i * run, end = start + line - (i + 1) * run;
      if (run < SHORT_RUN) { for (let j = 0; j < run; j++) to[end + j] = from[at + j]!; }
      else to.set(from.subarray(at, at + run), end);
    }
  }
  return result;
}
