import type * as tf from "@tensorflow/tfjs";
import { heapTensor, heapView } from "./heap.ts";

/**
 * Folds nearest upsampling by 2 into the 3x3 kernel of the convolution behind it. Of the four outputs
 * of a line that one input reaches, tap k carries it to the places 2 - k and 3 - k.
 * @param inputs kernel [3, 3, C, F].
 * @returns Of the transposed convolution with stride 2, [4, 4, F, C].
 */
export function upsampledKernel({ kernel }: Record<"kernel", tf.TensorInfo>): tf.Tensor {
  const [, , channels, filters] = kernel.shape as [number, number, number, number];
  const folded = heapTensor([4, 4, filters, channels]);
  const [from, to] = [heapView(kernel), heapView(folded)];
  to.fill(0);
  const size = channels * filters;
  for (const { tap, place } of CONNECTIONS) {
    for (let c = 0; c < channels; c++) {
      for (let f = 0; f < filters; f++) {
        to[place * size + f * channels + c]! += from[tap * size + c * filters + f]!;
      }
    }
  }
  return folded;
}

/**
 * Gradient of the 3x3 kernel.
 * @param inputs Gradient of the folded kernel, [4, 4, F, C].
 * @returns [3, 3, C, F].
 */
export function upsampledKernelGradient({ dFolded }: Record<"dFolded", tf.TensorInfo>): tf.Tensor {
  const [, , filters, channels] = dFolded.shape as [number, number, number, number];
  const dKernel = heapTensor([3, 3, channels, filters]);
  const [from, to] = [heapView(dFolded), heapView(dKernel)];
  to.fill(0);
  const size = channels * filters;
  for (const { tap, place } of CONNECTIONS) {
    for (let c = 0; c < channels; c++) {
      for (let f = 0; f < filters; f++) {
        to[tap * size + c * filters + f]! += from[place * size + f * channels + c]!;
      }
    }
  }
  return dKernel;
}

/** Each tap of the 3x3 kernel with each of its four places of the 4x4 kernel, row by row. */
const CONNECTIONS = [0, 1, 2].flatMap((row) =>
  [0, 1, 2].flatMap((column) =>
    [2 - row, 3 - row].flatMap((down) =>
      [2 - column, 3 - column].map((across) => ({
        tap: 3 * row + column,
        place: 4 * down + across,
      }))
    )
  )
);
