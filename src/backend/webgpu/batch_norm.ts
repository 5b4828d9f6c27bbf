import type * as tf from "@tensorflow/tfjs";
import { columnSums } from "./column_sums.ts";
import { reads, runElements, sizeOf, writes } from "./element_shader.ts";
import { gpuTensor } from "./shader.ts";

/** Over how many values of a channel the statistics go, and what keeps their root from zero. */
export interface Statistics {
  count: number;
  epsilon: number;
}

type Tensors<Names extends string> = Record<Names, tf.TensorInfo>;

const STATISTICS = { count: "f32", epsilon: "f32" } as const;

/** What `sums` of x and `squares` of its deviations, both [C], say of a channel. */
const NORMALIZED = `
  fn inverseDeviation(channel : u32) -> f32 {
    return inverseSqrt(squares[channel] / uniforms.count + uniforms.epsilon);
  }

  fn normalized(at : u32, channel : u32) -> f32 {
    return (x[at] - sums[channel] / uniforms.count) * inverseDeviation(channel);
  }`;

/** Sums of squared deviations from the mean, [C]. @param inputs x [.., C] and its sums [C]. */
export function batchNormSquares(
  { x, sums }: Tensors<"x" | "sums">,
  { count }: Pick<Statistics, "count">,
): tf.TensorInfo {
  return columnSums({
    name: "BatchNormSquares",
    buffers: reads("x", "sums"),
    uniforms: { count: "f32" },
    code: `
      fn term(at : u32, column : u32) -> Sum {
        let deviation = x[at] - sums[column] / uniforms.count;
        return deviation * deviation;
      }`,
  }, { ...matrixOf(x), buffers: [x, sums], uniforms: { count } });
}

/** gamma * normalized x + beta, [.., C]. */
export function batchNormNormalize(
  { x, sums, squares, gamma, beta }: Tensors<"x" | "sums" | "squares" | "gamma" | "beta">,
  statistics: Statistics,
): tf.TensorInfo {
  const result = gpuTensor(x.shape);
  runElements({
    name: "BatchNormNormalize",
    buffers: [writes("result"), ...reads("x", "sums", "squares", "gamma", "beta")],
    uniforms: { channels: "u32", ...STATISTICS },
    code: `
      ${NORMALIZED}
      fn element(at : u32) {
        let channel = at % uniforms.channels;
        result[at] = gamma[channel] * normalized(at, channel) + beta[channel];
      }`,
  }, {
    size: sizeOf(x),
    buffers: [result, x, sums, squares, gamma, beta],
    uniforms: { channels: sizeOf(gamma), ...pick(statistics) },
  });
  return result;
}

/** Moving mean and variance after the batch, both [C]. */
export function batchNormMoving(
  { movingMean, movingVariance, sums, squares }: Tensors<
    "movingMean" | "movingVariance" | "sums" | "squares"
  >,
  { count, momentum }: { count: number; momentum: number },
): [tf.TensorInfo, tf.TensorInfo] {
  const [mean, variance] = [gpuTensor(movingMean.shape), gpuTensor(movingMean.shape)];
  runElements({
    name: "BatchNormMoving",
    buffers: [
      ...[writes("mean"), writes("variance")],
      ...reads("movingMean", "movingVariance", "sums", "squares"),
    ],
    uniforms: { count: "f32", momentum: "f32", rest: "f32" },
    code: `
      fn element(at : u32) {
        mean[at] = uniforms.momentum * movingMean[at] + uniforms.rest * (sums[at] / uniforms.count);
        variance[at] =
          uniforms.momentum * movingVariance[at] + uniforms.rest * (squares[at] / uniforms.count);
      }`,
  }, {
    size: sizeOf(mean),
    buffers: [mean, variance, movingMean, movingVariance, sums, squares],
    uniforms: { count, momentum, rest: 1 - momentum },
  });
  return [mean, variance];
}

/** Sums of dy, then of dy * normalized x, in one tensor [2 * C]. */
export function batchNormGradientSums(
  { dy, x, sums, squares }: Tensors<"dy" | "x" | "sums" | "squares">,
  statistics: Statistics,
): tf.TensorInfo {
  return columnSums({
    name: "BatchNormGradientSums",
    sums: 2,
    buffers: reads("dy", "x", "sums", "squares"),
    uniforms: STATISTICS,
    code: `
      ${NORMALIZED}
      fn term(at : u32, column : u32) -> Sum {
        return dy[at] * Sum(1.0, normalized(at, column));
      }`,
  }, { ...matrixOf(x), buffers: [dy, x, sums, squares], uniforms: pick(statistics) });
}

/** Gradient of x, whose mean and variance depend on x too; `gradientSums` [2 * C] over all shares. */
export function batchNormGradient(
  { dy, x, sums, squares, gamma, gradientSums }: Tensors<
    "dy" | "x" | "sums" | "squares" | "gamma" | "gradientSums"
  >,
  statistics: Statistics,
): tf.TensorInfo {
  const dx = gpuTensor(x.shape);
  runElements({
    name: "BatchNormGradient",
    buffers: [writes("dx"), ...reads("dy", "x", "sums", "squares", "gamma", "gradientSums")],
    uniforms: { channels: "u32", ...STATISTICS },
    code: `
      ${NORMALIZED}
      fn element(at : u32) {
        let channel = at % uniforms.channels;
        let meanDy = gradientSums[channel] / uniforms.count;
        let meanDyNormalized = gradientSums[uniforms.channels + channel] / uniforms.count;
        let centered = dy[at] - meanDy - normalized(at, channel) * meanDyNormalized;
        dx[at] = gamma[channel] * inverseDeviation(channel) * centered;
      }`,
  }, {
    size: sizeOf(x),
    buffers: [dx, dy, x, sums, squares, gamma, gradientSums],
    uniforms: { channels: sizeOf(gamma), ...pick(statistics) },
  });
  return dx;
}

function pick({ count, epsilon }: Statistics): Record<keyof Statistics, number> {
  return { count, epsilon };
}

function matrixOf(x: tf.TensorInfo): { rows: number; columns: number } {
  const columns = x.shape.at(-1)!;
  return { rows: sizeOf(x) / columns, columns };
}
