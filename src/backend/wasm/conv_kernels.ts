import type * as tf from "@tensorflow/tfjs";
import { hasDilation, registerDilatedConvGradient } from "../dilated_conv.ts";
import { type KernelCall, registerOwnKernel } from "../own_kernels.ts";
import { convFilterGradient } from "./conv_filter_gradient.ts";
import { convForward } from "./conv_forward.ts";
import { convInputGradient } from "./conv_input_gradient.ts";
import { type ConvolutionAttributes, convolutionGeometry } from "./convolution_geometry.ts";
import { matrixProduct } from "./matrix_product.ts";
import { isTraining } from "./packed_kernels.ts";
import {
  isWinograd,
  winogradFilterGradient,
  winogradForward,
  winogradInputGradient,
} from "./winograd_conv.ts";

/** Registers convolutions, their gradients and products of matrices with tfjs' WASM backend. */
export function registerConvolutionKernels(): void {
  register("Conv2D", runConvolution);
  register("FusedConv2D", runConvolution);
  register("Conv2DBackpropInput", runInputGradient);
  register("Conv2DBackpropFilter", runFilterGradient);
  register("BatchMatMul", runMatrixProduct);
  registerDilatedConvGradient();
}

function register(kernelName: string, run: (call: KernelCall) => tf.TensorInfo | undefined): void {
  const oursAlone = kernelName.includes("Backprop") ? hasDilation : () => false;
  registerOwnKernel({ kernelName, backendName: "wasm", run, oursAlone });
}

/** What only some of the kernels have. */
interface Attributes extends ConvolutionAttributes {
  activation?: string;
  filterShape: number[];
  inputShape: number[];
}

/** With bias and ReLU or alone; tfjs' own kernel has the other activations. */
function runConvolution({ inputs, attributes }: KernelCall): tf.TensorInfo | undefined {
  const { x, filter, bias } = inputs;
  const options = attributes as unknown as Attributes;
  const { activation = "linear" } = options;
  if (!isOurs(options, [x!, filter!]) || !["linear", "relu"].includes(activation)) return undefined;
  const geometry = convolutionGeometry({ input: x!.shape, kernel: filter!.shape }, options);
  if (bias && sizeOf(bias) !== geometry.outChannels) return undefined;
  const relu = activation === "relu";
  if (isWinograd(geometry, { training: isTraining() })) {
    return winogradForward(x!, filter!, { geometry, bias, relu });
  }
  return convForward(x as tf.Tensor4D, filter!, { geometry, bias, relu });
}

function runInputGradient({ inputs, attributes }: KernelCall): tf.TensorInfo | undefined {
  const { dy, filter } = inputs;
  const options = attributes as unknown as Attributes;
  if (!isOurs(options, [dy!, filter!])) return undefined;
  const shapes = { input: options.inputShape, kernel: filter!.shape };
  const geometry = convolutionGeometry(shapes, options);
  if (isWinograd(geometry, { training: true })) {
    return winogradInputGradient(dy!, filter!, geometry);
  }
  return convInputGradient(dy as tf.Tensor4D, filter!, geometry);
}

function runFilterGradient({ inputs, attributes }: KernelCall): tf.TensorInfo | undefined {
  const { x, dy } = inputs;
  const options = attributes as unknown as Attributes;
  if (!isOurs(options, [x!, dy!])) return undefined;
  const geometry = convolutionGeometry({ input: x!.shape, kernel: options.filterShape }, options);
  if (isWinograd(geometry, { training: true })) {
    return winogradFilterGradient(x!, dy!, geometry);
  }
  return convFilterGradient(x as tf.Tensor4D, dy as tf.Tensor4D, geometry);
}

/** The built-in kernel leaves XNNPACK for a scalar loop as soon as an operand is transposed. */
function runMatrixProduct({ inputs, attributes }: KernelCall): tf.TensorInfo | undefined {
  const { a, b } = inputs;
  if (![a!, b!].every(({ shape, dtype }) => shape.length === 2 && dtype === "float32")) {
    return undefined;
  }
  const { transposeA, transposeB } = attributes as Record<string, boolean | undefined>;
  return matrixProduct(a!, b!, { transposeA: !!transposeA, transposeB: !!transposeB });
}

function isOurs({ dataFormat = "NHWC" }: Attributes, tensors: tf.TensorInfo[]): boolean {
  return dataFormat === "NHWC" &&
    tensors.every(({ shape, dtype }) => dtype === "float32" && shape.every((side) => side > 0));
}

function sizeOf({ shape }: tf.TensorInfo): number {
  return shape.reduce((product, side) => product * side, 1);
}
