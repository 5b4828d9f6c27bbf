import type * as tf from "@tensorflow/tfjs";
import { columnSums } from "./column_sums.ts";
import { reads, runElements, sizeOf, writes } from "./element_shader.ts";
import { gpuTensor } from "./shader.ts";

/** What follows a convolution's sums. */
export type Activation = "linear" | "relu" | "tanh";

/** y for `sum`, NaN for NaN, which max() and clamp() may hide; no exponential overflows. */
const VALUES: Record<Activation, string> = {
  linear: "sum",
  relu: "select(sum, 0.0, sum < 0.0)",
  tanh: "sign(sum) * (1.0 - exp(-2.0 * abs(sum))) / (1.0 + exp(-2.0 * abs(sum)))",
};

/** dy/dsum, given `y`. */
const SLOPES: Record<Exclude<Activation, "linear">, string> = {
  relu: "select(0.0, 1.0, y > 0.0)",
  tanh: "1.0 - y * y",
};

/** activation(sums + bias). @param inputs sums [.., C] and bias [C]. */
export function biasActivation(
  { sums, bias }: Record<"sums" | "bias", tf.TensorInfo>,
  { activation }: { activation: Activation },
): tf.TensorInfo {
  const result = gpuTensor(sums.shape);
  runElements({
    name: "BiasActivation",
    variant: activation,
    buffers: [writes("result"), ...reads("sums", "bias")],
    uniforms: { channels: "u32" },
    code: `
      fn element(at : u32) {
        let sum = sums[at] + bias[at % uniforms.channels];
        result[at] = ${VALUES[activation]};
      }`,
  }, {
    size: sizeOf(sums),
    buffers: [result, sums, bias],
    uniforms: { channels: sizeOf(bias) },
  });
  return result;
}

/**
 * Gradients of the sums and of the bias: one pass writes the former and sums up the latter.
 * @param inputs The result y and its gradient, both [.., C].
 * @returns [.., C] and [C].
 */
export function biasActivationGradient(
  { dy, y }: Record<"dy" | "y", tf.TensorInfo>,
  { activation }: { activation: Exclude<Activation, "linear"> },
): [tf.TensorInfo, tf.TensorInfo] {
  const dSums = gpuTensor(y.shape);
  const columns = y.shape.at(-1)!;
  const dBias = columnSums({
    name: "BiasActivationGradient",
    variant: activation,
    buffers: [writes("dSums"), ...reads("dy", "results")],
    code: `
      fn term(at : u32, column : u32) -> Sum {
        let y = results[at];
        let gradient = dy[at] * (${SLOPES[activation]});
        dSums[at] = gradient;
        return gradient;
      }`,
  }, { rows: sizeOf(y) / columns, columns, buffers: [dSums, dy, y] });
  return [dSums, dBias];
}
