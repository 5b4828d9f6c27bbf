import * as tf from "@tensorflow/tfjs";
import type { KernelCall } from "./own_kernels.ts";

/** Whether a convolution's taps lie apart. */
export function hasDilation({ attributes }: Pick<KernelCall, "attributes">): boolean {
  return [attributes.dilations ?? 1].flat().some((dilation) => dilation !== 1);
}

/**
 * Gives dilated convolutions a gradient: tfjs' own refuses them. The gradient kernels of our
 * backends take `dilations` as one more attribute, with strides too.
 *
 * This covers `tf.conv2d`, and `tf.fused.conv2d` and `tf.layers.conv2d` with an activation, which
 * compute bias and activation apart under a gradient. Without activation those two go through
 * `tf.fused.conv2d`'s own gradient, which no registration reaches and which throws: there use
 * `tf.conv2d` and `tf.add`, or our layer `ConvRelu`.
 * @see tfjs-core 4.22, gradients/Conv2D_grad.js and ops/fused/conv2d.js.
 */
export function registerDilatedConvGradient(): void {
  tf.registerGradient({
    kernelName: "Conv2D",
    inputsToSave: ["x", "filter"],
    gradFunc: (dy, saved, attributes) => {
      const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
      const { strides, dilations, pad, dataFormat, dimRoundingMode } =
        attributes as unknown as Record<string, tf.Tensor>;
      const options = { strides, dilations, pad, dataFormat, dimRoundingMode };
      return {
        x: () => run("Conv2DBackpropInput", { dy, filter }, { ...options, inputShape: x.shape }),
        filter: () =>
          run("Conv2DBackpropFilter", { x, dy }, { ...options, filterShape: filter.shape }),
      };
    },
  });
}

function run(kernelName: string, inputs: object, attributes: object): tf.Tensor {
  return tf.engine().runKernel(kernelName, inputs as never, attributes as never) as tf.Tensor;
}
