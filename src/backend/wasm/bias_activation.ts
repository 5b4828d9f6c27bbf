import type * as tf from "@tensorflow/tfjs";
import { heapTensor, heapView } from "./heap.ts";

/** What follows a convolution's sums. */
export type Activation = "linear" | "relu" | "tanh";

/** activation(sums + bias). @param inputs sums [.., C] and bias [C]. */
export function biasActivation(
  { sums, bias }: Record<"sums" | "bias", tf.TensorInfo>,
  { activation }: { activation: Activation },
): tf.Tensor {
  const result = heapTensor(sums.shape);
  const [from, shifts, to] = [heapView(sums), heapView(bias), heapView(result)];
  const channels = shifts.length;
  for (let i = 0; i < from.length; i += channels) {
    for (let c = 0; c < channels; c++) to[i + c] = from[i + c]! + shifts[c]!;
  }
  if (activation === "relu") {
    // A branch on each sign is mispredicted half the time; masking the bits takes a third.
    const bits = bitsOf(to);
    for (let i = 0; i < bits.length; i++) {
      const nan = 0x7f800000 - (bits[i]! & 0x7fffffff) >> 31;
      bits[i]! &= ~(bits[i]! >> 31) | nan;
    }
  } else if (activation === "tanh") {
    for (let i = 0; i < to.length; i++) to[i] = Math.tanh(to[i]!);
  }
  return result;
}

/**
 * Gradients of the sums and of the bias, the latter summed in double precision.
 * @param inputs The result y and its gradient, both [.., C].
 * @returns [.., C] and [C].
 */
export function biasActivationGradient(
  { dy, y }: Record<"dy" | "y", tf.TensorInfo>,
  { activation }: { activation: Exclude<Activation, "linear"> },
): [tf.Tensor, tf.Tensor] {
  const channels = y.shape.at(-1)!;
  const [dSums, dBias] = [heapTensor(y.shape), heapTensor([channels])];
  const [slopes, results, to] = [heapView(dy), heapView(y), heapView(dSums)];
  if (activation === "relu") {
    const [slopeBits, resultBits, toBits] = [bitsOf(slopes), bitsOf(results), bitsOf(to)];
    for (let i = 0; i < toBits.length; i++) {
      // All ones where y is not 0: it is never negative.
      toBits[i] = slopeBits[i]! & (-(resultBits[i]! & 0x7fffffff) >> 31);
    }
  } else {
    for (let i = 0; i < to.length; i++) to[i] = slopes[i]! * (1 - results[i]! ** 2);
  }
  const totals = new Float64Array(channels);
  for (let i = 0; i < to.length; i += channels) {
    for (let c = 0; c < channels; c++) totals[c]! += to[i + c]!;
  }
  heapView(dBias).set(totals);
  return [dSums, dBias];
}

/** The same memory as whole numbers. */
function bitsOf({ buffer, byteOffset, length }: Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}
