import * as tf from "@tensorflow/tfjs";
import { registerEdgeAwareMean } from "../edge_aware_mean.ts";
import { type KernelCall, registerOwnKernel } from "../own_kernels.ts";
import { registerAdamStep } from "./adam_step.ts";
import { batchNormInference } from "./batch_norm.ts";
import { channelSum } from "./channel_sum.ts";
import { registerConvolutionKernels } from "./conv_kernels.ts";
import { edgeAwareMean } from "./edge_aware_mean.ts";
import { registerWasmLayerKernels } from "./layer_kernels.ts";
import { registerMovingAverage } from "./moving_average.ts";
import { reverse } from "./reverse.ts";
import { registerSoftCrossEntropy } from "./soft_cross_entropy.ts";
import { registerSquaredNorm } from "./squared_norm.ts";
import { registerUpsampledConv } from "../upsampled_conv.ts";
import {
  upsampledConv,
  upsampledConvFilterGradient,
  upsampledConvInputGradient,
} from "./upsampled_conv.ts";
import { upsampleGradient } from "./upsample_gradient.ts";

/**
 * Registers what tfjs' WASM backend lacks for training, and replaces what it does slowly:
 * convolutions and their gradients, products of matrices, channel sums, the gradient of upsampling,
 * turning around, batch normalization of inference.
 * Calling it again changes nothing.
 */
export function registerWasmTrainingKernels(): void {
  register("Sum", runChannelSum);
  register("ResizeNearestNeighborGrad", runUpsampleGradient);
  register("Reverse", runReverse);
  register("FusedBatchNorm", runBatchNorm);
  registerConvolutionKernels();
  registerUpsampledConv("wasm", {
    UpsampledConv: ({ inputs }) => upsampledConv(inputs as never),
    UpsampledConvInputGradient: ({ inputs }) => upsampledConvInputGradient(inputs as never),
    UpsampledConvFilterGradient: ({ inputs }) => upsampledConvFilterGradient(inputs as never),
  });
  registerWasmLayerKernels();
  registerAdamStep();
  registerMovingAverage();
  registerSoftCrossEntropy();
  registerSquaredNorm();
  registerEdgeAwareMean("wasm", edgeAwareMean);
}

function register(kernelName: string, kernel: Kernel): void {
  const run = ({ inputs, attributes }: KernelCall) => kernel(inputs as Inputs, attributes);
  registerOwnKernel({ kernelName, backendName: "wasm", run });
}

type Inputs = Record<string, tf.Tensor>;
type Attributes = Record<string, unknown>;
type Kernel = (inputs: Inputs, attributes: Attributes) => tf.Tensor | undefined;

/** Sums over all axes, or all but the last. */
function runChannelSum({ x }: Inputs, { axis, keepDims }: Attributes) {
  const rank = x!.shape.length;
  const axes = axis == null ? [...x!.shape.keys()] : [axis as number | number[]].flat();
  const sorted = axes.map((at) => (at + rank) % rank).sort((a, b) => a - b);
  const leading = sorted.length >= rank - 1 && sorted.every((at, i) => at === i);
  if (rank === 0 || !leading || keepDims || x!.dtype !== "float32" || x!.size === 0) {
    return undefined;
  }
  const everything = sorted.length === rank;
  return channelSum(x!, { channels: everything ? 1 : x!.shape.at(-1)!, scalar: everything });
}

/** Along one axis; without any named it would be along all. */
function runReverse({ x }: Inputs, { dims }: Attributes) {
  const axes = dims == null ? [] : [dims as number | number[]].flat();
  if (axes.length !== 1 || x!.dtype !== "float32" || x!.size === 0) return undefined;
  const [rank, axis] = [x!.shape.length, axes[0]!];
  if (axis < -rank || axis >= rank) return undefined; // tfjs tells what is wrong
  return reverse(x!, (axis + rank) % rank);
}

/** With one mean and variance for each channel; tfjs takes others, too. */
function runBatchNorm({ x, ...others }: Inputs, { varianceEpsilon }: Attributes) {
  const channels = x!.shape.at(-1);
  const ofChannels = Object.values(others).every((values) =>
    values == null || values.shape.length === 1 && values.shape[0] === channels
  );
  if (!ofChannels || x!.dtype !== "float32" || x!.size === 0) return undefined;
  return batchNormInference({ x: x!, ...others } as never, varianceEpsilon as number);
}

function runUpsampleGradient({ images, dy }: Inputs) {
  const [, height, width] = images!.shape as [number, number, number];
  const [, tall, wide] = dy!.shape as [number, number, number];
  const factor = tall / height;
  if (!Number.isInteger(factor) || wide !== width * factor) return undefined;
  return upsampleGradient(dy as tf.Tensor4D, factor);
}
