import type * as tf from "@tensorflow/tfjs";
import { heapAddress, heapTensor, heapView, withHeapRoom } from "./heap.ts";
import { simdKernels } from "./simd_kernels.ts";

/** Over how many values of a channel the statistics go, and what keeps their root from zero. */
export interface Statistics {
  count: number;
  epsilon: number;
}

type Tensors<Names extends string> = Record<Names, tf.TensorInfo>;

/** Sums of squared deviations from the mean, [C]. @param inputs x [.., C] and its sums [C]. */
export function batchNormSquares(
  { x, sums }: Tensors<"x" | "sums">,
  { count }: Pick<Statistics, "count">,
): tf.Tensor {
  const means = meansOf(sums, count);
  const [values, channels] = [heapView(x), means.length];
  const totals = new Float64Array(channels);
  for (let i = 0; i < values.length; i += channels) {
    for (let c = 0; c < channels; c++) totals[c]! += (values[i + c]! - means[c]!) ** 2;
  }
  return heapCopy(totals);
}

/** gamma * normalized x + beta, [.., C]. */
export function batchNormNormalize(
  { x, sums, squares, gamma, beta }: Tensors<"x" | "sums" | "squares" | "gamma" | "beta">,
  { count, epsilon }: Statistics,
): tf.Tensor {
  const means = meansOf(sums, count);
  const scales = inverseDeviations(squares, { count, epsilon });
  heapView(gamma).forEach((scale, c) => scales[c]! *= scale);
  return scaled(x, { means, scales, offset: beta });
}

/**
 * Normalization by known statistics, as inference does it.
 * @param inputs x [.., C], the others [C]; scale 1 and offset 0 when left out.
 * @returns Shape of x.
 */
export function batchNormInference(
  { x, mean, variance, scale, offset }:
    & Tensors<"x" | "mean" | "variance">
    & Partial<Tensors<"scale" | "offset">>,
  epsilon: number,
): tf.Tensor {
  const scales = Float64Array.from(heapView(variance), (value) => 1 / Math.sqrt(value + epsilon));
  if (scale) heapView(scale).forEach((gamma, c) => scales[c]! *= gamma);
  return scaled(x, { means: heapView(mean), scales, offset });
}

/** (x - mean) * scale + offset of each channel. */
function scaled(
  x: tf.TensorInfo,
  { means, scales, offset }: {
    means: ArrayLike<number>;
    scales: Float64Array;
    offset: tf.TensorInfo | undefined;
  },
): tf.Tensor {
  const shifts = scales.map((scale, c) => -scale * means[c]!);
  if (offset) heapView(offset).forEach((beta, c) => shifts[c]! += beta);
  const result = heapTensor(x.shape); // may move the heap: views of it are read before
  const channels = scales.length;
  const bytes = channels * Float32Array.BYTES_PER_ELEMENT;
  withHeapRoom(2 * bytes, (address) => {
    const { memory, scaleChannels } = simdKernels();
    const factors = new Float32Array(memory.buffer, address, 2 * channels);
    factors.set(scales);
    factors.set(shifts, channels);
    const pixels = result.size / channels;
    const [from, to] = [heapAddress(x), heapAddress(result)];
    scaleChannels(from, to, pixels, channels, address, address + bytes);
  });
  return result;
}

/** Moving mean and variance after the batch, both [C]. */
export function batchNormMoving(
  { movingMean, movingVariance, sums, squares }: Tensors<
    "movingMean" | "movingVariance" | "sums" | "squares"
  >,
  { count, momentum }: { count: number; momentum: number },
): [tf.Tensor, tf.Tensor] {
  const moved = (moving: tf.TensorInfo, batchSums: tf.TensorInfo) => {
    const means = meansOf(batchSums, count);
    const before = heapView(moving);
    return heapCopy(means.map((mean, c) => momentum * before[c]! + (1 - momentum) * mean));
  };
  return [moved(movingMean, sums), moved(movingVariance, squares)];
}

/** Sums of dy, then of dy * normalized x, in one tensor [2 * C]. */
export function batchNormGradientSums(
  { dy, x, sums, squares }: Tensors<"dy" | "x" | "sums" | "squares">,
  { count, epsilon }: Statistics,
): tf.Tensor {
  const [slopes, values] = [heapView(dy), heapView(x)];
  const means = meansOf(sums, count);
  const scales = inverseDeviations(squares, { count, epsilon });
  const channels = means.length;
  const totals = new Float64Array(2 * channels);
  for (let i = 0; i < values.length; i += channels) {
    for (let c = 0; c < channels; c++) {
      const slope = slopes[i + c]!;
      totals[c]! += slope;
      totals[channels + c]! += slope * (values[i + c]! - means[c]!);
    }
  }
  scales.forEach((scale, c) => totals[channels + c]! *= scale);
  return heapCopy(totals);
}

/** Gradient of x, whose mean and variance depend on x too; `gradientSums` [2 * C] over all shares. */
export function batchNormGradient(
  { dy, x, sums, squares, gamma, gradientSums }: Tensors<
    "dy" | "x" | "sums" | "squares" | "gamma" | "gradientSums"
  >,
  { count, epsilon }: Statistics,
): tf.Tensor {
  const dx = heapTensor(x.shape);
  const [slopes, values, to] = [heapView(dy), heapView(x), heapView(dx)];
  const means = meansOf(sums, count);
  const inverse = inverseDeviations(squares, { count, epsilon });
  const channels = means.length;
  const gradientMeans = meansOf(gradientSums, count);
  const scales = inverse.map((scale, c) => scale * heapView(gamma)[c]!);
  const pulls = inverse.map((scale, c) => scale * gradientMeans[channels + c]!);
  for (let i = 0; i < to.length; i += channels) {
    for (let c = 0; c < channels; c++) {
      const centered = slopes[i + c]! - gradientMeans[c]! -
        (values[i + c]! - means[c]!) * pulls[c]!;
      to[i + c] = centered * scales[c]!;
    }
  }
  return dx;
}

function meansOf(sums: tf.TensorInfo, count: number): Float64Array {
  return Float64Array.from(heapView(sums), (sum) => sum / count);
}

function inverseDeviations(squares: tf.TensorInfo, { count, epsilon }: Statistics): Float64Array {
  return meansOf(squares, count).map((variance) => 1 / Math.sqrt(variance + epsilon));
}

function heapCopy(values: Float64Array): tf.Tensor {
  const tensor = heapTensor([values.length]);
  heapView(tensor).set(values);
  return tensor;
}
