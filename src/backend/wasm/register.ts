import * as tf from "@tensorflow/tfjs";
import { channelSum } from "./channel_sum.ts";
import { convFilterGradient } from "./conv_filter_gradient.ts";
import { convInputGradient } from "./conv_input_gradient.ts";
import { convolutionGeometry, type Padding } from "./convolution_geometry.ts";
import { upsampleGradient } from "./upsample_gradient.ts";

/**
 * Registers what tfjs' WASM backend lacks for training, and replaces what it does slowly:
 * convolution gradients, transposed products, channel sums, the gradient of upsampling.
 * Calling it again changes nothing.
 */
export function registerWasmTrainingKernels(): void {
  if (registered) return;
  registered = true;
  replace("Conv2DBackpropFilter", ({ x, dy }, attrs) => {
    const { filterShape: kernel, strides, pad } = attrs as unknown as ConvolutionAttributes;
    const shapes = { input: x!.shape, kernel, output: dy!.shape };
    const geometry = convolutionGeometry(shapes, { strides, pad });
    return convFilterGradient(x as tf.Tensor4D, dy as tf.Tensor4D, geometry);
  });
  replace("Conv2DBackpropInput", ({ dy, filter }, attrs) => {
    const { inputShape: input, strides, pad } = attrs as unknown as ConvolutionAttributes;
    const shapes = { input, kernel: filter!.shape, output: dy!.shape };
    const geometry = convolutionGeometry(shapes, { strides, pad });
    return convInputGradient(dy as tf.Tensor4D, filter as tf.Tensor4D, geometry);
  });
  // The built-in kernel leaves XNNPACK for a scalar loop as soon as an operand is transposed.
  replace("BatchMatMul", ({ a, b }, { transposeA, transposeB }) => {
    if (!(transposeA || transposeB) || a!.shape.length !== 2 || b!.shape.length !== 2) {
      return undefined;
    }
    const upright = (operand: tf.Tensor, transposed: unknown) =>
      (transposed ? tf.transpose(operand) : operand) as tf.Tensor2D;
    return tf.tidy(() => tf.matMul(upright(a!, transposeA), upright(b!, transposeB)));
  });
  replace("Sum", ({ x }, { axis, keepDims }) => {
    const rank = x!.shape.length;
    const axes = axis == null ? [...x!.shape.keys()] : [axis as number | number[]].flat();
    const sorted = axes.map((at) => (at + rank) % rank).sort((a, b) => a - b);
    const leading = sorted.length >= rank - 1 && sorted.every((at, i) => at === i);
    if (rank === 0 || !leading || keepDims || x!.dtype !== "float32" || x!.size === 0) {
      return undefined;
    }
    const everything = sorted.length === rank;
    return channelSum(x!, { channels: everything ? 1 : x!.shape.at(-1)!, scalar: everything });
  });
  replace("ResizeNearestNeighborGrad", ({ images, dy }) => {
    const [, height, width] = images!.shape as [number, number, number];
    const [, tall, wide] = dy!.shape as [number, number, number];
    const factor = tall / height;
    if (!Number.isInteger(factor) || wide !== width * factor) return undefined;
    return upsampleGradient(dy as tf.Tensor4D, factor);
  });
}

let registered = false;

interface ConvolutionAttributes {
  filterShape: number[];
  inputShape: number[];
  strides: number | [number, number];
  pad: Padding;
}

type Kernel = (
  inputs: Record<string, tf.Tensor>,
  attributes: Record<string, unknown>,
) => tf.Tensor | undefined;

/** Puts a kernel before the built-in one, which still serves what ours answers with undefined. */
function replace(kernelName: string, kernel: Kernel): void {
  const builtIn = tf.getKernel(kernelName, "wasm");
  if (builtIn) tf.unregisterKernel(kernelName, "wasm");
  tf.registerKernel({
    ...builtIn,
    kernelName,
    backendName: "wasm",
    kernelFunc: (call) => {
      const inputs = call.inputs as unknown as Record<string, tf.Tensor>;
      const own = kernel(inputs, (call.attrs ?? {}) as Record<string, unknown>);
      if (own) return own;
      if (!builtIn) {
        throw new TypeError(`Cannot run ${kernelName} on wasm: this case has no kernel`);
      }
      return builtIn.kernelFunc(call);
    },
  });
}
