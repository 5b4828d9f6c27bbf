import * as tf from "@tensorflow/tfjs";
import { type ConvolutionGeometry, kernelTaps } from "./convolution_geometry.ts";
import { type Pair, runPass } from "./convolution_pass.ts";
import { heapTensor } from "./heap.ts";

/**
 * Gradient of a 2-D convolution with respect to its input, which is also the forward pass of a
 * transposed convolution. Input rows that leave the same remainder by the stride are reached by the
 * same kernel rows, so each phase is a convolution of dy: no zero is inserted or multiplied.
 * @param dy Gradient of the output, [N, Ho, Wo, Cout].
 * @param kernel [Kh, Kw, C, Cout].
 * @returns [N, H, W, C].
 */
export function convInputGradient(
  dy: tf.Tensor4D,
  kernel: tf.TensorInfo,
  geometry: ConvolutionGeometry,
): tf.Tensor4D {
  const { inShape, inHeight, inWidth, inChannels, outChannels } = geometry;
  const step: Pair = [geometry.strideHeight, geometry.strideWidth];
  const output = heapTensor<tf.Rank.R4>(inShape);
  const weights = {
    kernel,
    channels: outChannels,
    channelStride: 1,
    outputChannels: inChannels,
    outputChannelStride: outChannels,
  };
  for (let down = 0; down < Math.min(step[0], inHeight); down++) {
    for (let across = 0; across < Math.min(step[1], inWidth); across++) {
      runPass({
        input: dy,
        weights,
        grid: [Math.ceil((inHeight - down) / step[0]), Math.ceil((inWidth - across) / step[1])],
        inputStep: [1, 1],
        taps: phaseTaps(geometry, [down, across]),
        output,
        first: [down, across],
        step,
      });
    }
  }
  return output;
}

/** The taps that reach input pixel `phase`, and from which pixel of dy. */
function phaseTaps(geometry: ConvolutionGeometry, [down, across]: Pair) {
  const { strideHeight, strideWidth } = geometry;
  return kernelTaps(geometry)
    .map(({ index, at }) => ({
      index,
      at: [(down - at[0]) / strideHeight, (across - at[1]) / strideWidth] as Pair,
    }))
    .filter(({ at }) => at.every(Number.isInteger));
}
