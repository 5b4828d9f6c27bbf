import * as tf from "@tensorflow/tfjs";
import { type KernelCall, type OwnKernel, registerOwnKernel } from "./own_kernels.ts";

const NAMES = [
  "UpsampledConv",
  "UpsampledConvInputGradient",
  "UpsampledConvFilterGradient",
] as const;

/** A backend's kernels of the upsampled convolution; undefined leaves a call to the composition. */
export type UpsampledConvKernels = Record<typeof NAMES[number], OwnKernel["run"]>;

/**
 * Registers the kernels of nearest upsampling by 2 with a 3x3 convolution, bias and ReLU behind it,
 * and of its gradients. Where a backend has none, they are those of a transposed 4x4 convolution.
 */
export function registerUpsampledConv(
  backendName: OwnKernel["backendName"],
  kernels?: UpsampledConvKernels,
): void {
  for (const kernelName of NAMES) {
    const run = kernels?.[kernelName] ?? (() => undefined);
    registerOwnKernel({ kernelName, backendName, run, compose: COMPOSITIONS[kernelName] });
  }
}

type Inputs = Record<string, tf.Tensor4D>;

const GEOMETRY = { strides: [2, 2], pad: "same", dataFormat: "NHWC" };

const COMPOSITIONS: Record<typeof NAMES[number], NonNullable<OwnKernel["compose"]>> = {
  UpsampledConv: ({ inputs }) => {
    const { x, kernel, bias } = inputs as Inputs;
    const [images, height, width] = x!.shape;
    const inputShape = [images, 2 * height, 2 * width, kernel!.shape[3]];
    return tf.tidy(() => {
      const filter = run("UpsampledKernel", { inputs: { kernel: kernel! } });
      const attributes = { ...GEOMETRY, inputShape };
      const sums = run("Conv2DBackpropInput", { inputs: { dy: x!, filter }, attributes });
      const activation = { activation: "relu" };
      return run("BiasActivation", { inputs: { sums, bias: bias! }, attributes: activation });
    });
  },
  UpsampledConvInputGradient: ({ inputs }) => {
    const { dy, kernel } = inputs as Inputs;
    return tf.tidy(() => {
      const filter = run("UpsampledKernel", { inputs: { kernel: kernel! } });
      const attributes = { ...GEOMETRY, dilations: [1, 1] };
      return run("Conv2D", { inputs: { x: dy!, filter }, attributes });
    });
  },
  UpsampledConvFilterGradient: ({ inputs }) => {
    const { x, dy } = inputs as Inputs;
    const attributes = { ...GEOMETRY, filterShape: [4, 4, dy!.shape[3], x!.shape[3]] };
    return tf.tidy(() => {
      const dFolded = run("Conv2DBackpropFilter", { inputs: { x: dy!, dy: x! }, attributes });
      return run("UpsampledKernelGradient", { inputs: { dFolded } });
    });
  },
};

function run(
  name: string,
  { inputs, attributes = {} }: {
    inputs: Record<string, tf.Tensor>;
    attributes?: KernelCall["attributes"];
  },
): tf.Tensor {
  type Attributes = Parameters<ReturnType<typeof tf.engine>["runKernel"]>[2];
  return tf.engine().runKernel(name, inputs, attributes as Attributes) as tf.Tensor;
}
