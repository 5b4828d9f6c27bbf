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
    for (let i = 0; i < to.length; i++) if (to[i]! < 0) to[i] = 0;
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
  const [slopes, values, to] = [heapView(dy), heapView(y), heapView(dSums)];
  const totals = new Float64Array(channels);
  const tanh = activation === "tanh";
  for (let i = 0; i < to.length; i += channels) {
    for (let c = 0; c < channels; c++) {
      const value = values[i + c]!;
      const slope = tanh ? 1 - value * value : value > 0 ? 1 : 0;
      const gradient = slopes[i + c]! * slope;
      to[i + c] = gradient;
      totals[c]! += gradient;
    }
  }
  heapView(dBias).set(totals);
  return [dSums, dBias];
}
