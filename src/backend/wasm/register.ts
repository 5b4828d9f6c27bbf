import * as tf from "@tensorflow/tfjs";
import { type KernelCall, registerOwnKernel } from "../own_kernels.ts";
import { registerAdamStep } from "./adam_step.ts";
import { channelSum } from "./channel_sum.ts";
import { convFilterGradient } from "./conv_filter_gradient.ts";
import { convInputGradient } from "./conv_input_gradient.ts";
import { convolutionGeometry, type Padding } from "./convolution_geometry.ts";
import { registerWasmLayerKernels } from "./layer_kernels.ts";
import { registerSoftCrossEntropy } from "./soft_cross_entropy.ts";
import { registerSquaredNorm } from "./squared_norm.ts";
import { upsampleGradient } from "./upsample_gradient.ts";

/**
 * Registers what tfjs' WASM backend lacks for training, and replaces what it does slowly:
 * convolution gradients, transposed products, channel sums, the gradient of upsampling.
 * Calling it again changes nothing.
 */
export function registerWasmTrainingKernels(): void {
  register("Conv2DBackpropFilter", runConvFilterGradient);
  register("Conv2DBackpropInput", runConvInputGradient);
  register("BatchMatMul", runTransposedProduct);
  register("Sum", runChannelSum);
  register("ResizeNearestNeighborGrad", runUpsampleGradient);
  registerWasmLayerKernels();
  registerAdamStep();
  registerSoftCrossEntropy();
  registerSquaredNorm();
}

function register(kernelName: string, kernel: Kernel): void {
  const run = ({ inputs, attributes }: KernelCall) => kernel(inputs as Inputs, attributes);
  registerOwnKernel({ kernelName, backendName: "wasm", run });
}

interface ConvolutionAttributes {
  filterShape: number[];
  inputShape: number[];
  strides: number | [number, number];
  pad: Padding;
}

type Inputs = Record<string, tf.Tensor>;
type Attributes = Record<string, unknown>;
type Kernel = (inputs: Inputs, attributes: Attributes) => tf.Tensor | undefined;

function runConvFilterGradient({ x, dy }: Inputs, attributes: Attributes) {
  const { filterShape: kernel, strides, pad } = attributes as unknown as ConvolutionAttributes;
  const shapes = { input: x!.shape, kernel, output: dy!.shape };
  const geometry = convolutionGeometry(shapes, { strides, pad });
  return convFilterGradient(x as tf.Tensor4D, dy as tf.Tensor4D, geometry);
}

function runConvInputGradient({ dy, filter }: Inputs, attributes: Attributes) {
  const { inputShape: input, strides, pad } = attributes as unknown as ConvolutionAttributes;
  const shapes = { input, kernel: filter!.shape, output: dy!.shape };
  const geometry = convolutionGeometry(shapes, { strides, pad });
  return convInputGradient(dy as tf.Tensor4D, filter as tf.Tensor4D, geometry);
}

/** The built-in kernel leaves XNNPACK for a scalar loop as soon as an operand is transposed. */
function runTransposedProduct({ a, b }: Inputs, { transposeA, transposeB }: Attributes) {
  if (!(transposeA || transposeB) || a!.shape.length !== 2 || b!.shape.length !== 2) {
    return undefined;
  }
  const upright = (operand: tf.Tensor, transposed: unknown) =>
    (transposed ? tf.transpose(operand) : operand) as tf.Tensor2D;
  return tf.tidy(() => tf.matMul(upright(a!, transposeA), upright(b!, transposeB)));
}

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

function runUpsampleGradient({ images, dy }: Inputs) {
  const [, height, width] = images!.shape as [number, number, number];
  const [, tall, wide] = dy!.shape as [number, number, number];
  const factor = tall / height;
  if (!Number.isInteger(factor) || wide !== width * factor) return undefined;
  return upsampleGradient(dy as tf.Tensor4D, factor);
}
