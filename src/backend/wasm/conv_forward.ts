import * as tf from "@tensorflow/tfjs";
import { type ConvolutionGeometry, kernelTaps } from "./convolution_geometry.ts";
import { runPass } from "./convolution_pass.ts";
import { heapTensor } from "./heap.ts";
import { isTraining } from "./packed_kernels.ts";

/**
 * A 2-D convolution, with bias and ReLU where wanted.
 * @param input [N, H, W, C].
 * @param kernel [Kh, Kw, C, Cout].
 * @param options.bias [Cout].
 * @returns [N, Ho, Wo, Cout].
 */
export function convForward(
  input: tf.Tensor4D,
  kernel: tf.TensorInfo,
  options: { geometry: ConvolutionGeometry; bias?: tf.TensorInfo | undefined; relu?: boolean },
): tf.Tensor4D {
  const { geometry, bias, relu = false } = options;
  const { inChannels, outChannels } = geometry;
  const output = heapTensor<tf.Rank.R4>(geometry.outShape);
  runPass({
    input,
    weights: {
      kernel,
      channels: inChannels,
      channelStride: outChannels,
      outputChannels: outChannels,
      outputChannelStride: 1,
      kept: !isTraining(),
    },
    grid: [geometry.outHeight, geometry.outWidth],
    inputStep: [geometry.strideHeight, geometry.strideWidth],
    taps: kernelTaps(geometry),
    bias,
    relu,
    output,
    first: [0, 0],
    step: [1, 1],
  });
  return output;
}
