import * as tf from "@tensorflow/tfjs";
import { biasActivationGradients } from "./bias_activation.ts";
import { runKernel } from "./run_kernel.ts";

/**
 * Nearest upsampling by 2, then a 3x3 convolution with bias and ReLU, as one layer. Neighbors that
 * upsampling made equal share their products: where the plain order needs 36 multiplications, 16 do
 * (as one transposed convolution with a 4x4 kernel and stride 2), or 9 (see the WASM kernel).
 * Weights: kernel [3, 3, C, filters] and bias [filters], those of the plain convolution.
 */
export class UpsampledConv2d extends tf.layers.Layer {
  static className = "PolychromifyUpsampledConv2d";
  readonly #filters: number;
  readonly #kernelInitializer: ReturnType<typeof tf.initializers.glorotUniform>;
  #kernel: tf.LayerVariable | undefined;
  #bias: tf.LayerVariable | undefined;

  constructor(
    config: {
      name: string;
      filters: number;
      kernelInitializer: ReturnType<typeof tf.initializers.glorotUniform>;
    },
  ) {
    super({ name: config.name });
    this.#filters = config.filters;
    this.#kernelInitializer = config.kernelInitializer;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const channels = (inputShape as tf.Shape).at(-1) as number;
    const shape = [3, 3, channels, this.#filters];
    this.#kernel = this.addWeight("kernel", shape, "float32", this.#kernelInitializer);
    this.#bias = this.addWeight("bias", [this.#filters], "float32", tf.initializers.zeros());
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const features = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D; // [N, H, W, C]
    const [kernel, bias] = [this.#kernel!.read(), this.#bias!.read()];
    return runKernel("UpsampledConv", { inputs: { x: features, kernel, bias }, attributes: {} });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const [images, height, width] = inputShape as [number, number | null, number | null];
    return [images, height && 2 * height, width && 2 * width, this.#filters];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), filters: this.#filters };
  }
}

tf.serialization.registerClass(UpsampledConv2d);

tf.registerGradient({
  kernelName: "UpsampledConv",
  inputsToSave: ["x", "kernel"],
  outputsToSave: [true],
  gradFunc: (dy, saved) => {
    const [x, kernel, y] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    const [dSums, dBias] = biasActivationGradients(dy as tf.Tensor4D, y, "relu");
    const run = (name: string, inputs: object) =>
      runKernel<tf.Tensor>(name, { inputs, attributes: {} });
    return {
      x: () => run("UpsampledConvInputGradient", { dy: dSums, kernel }),
      kernel: () => run("UpsampledConvFilterGradient", { x, dy: dSums }),
      bias: () => tf.clone(dBias),
    };
  },
});
