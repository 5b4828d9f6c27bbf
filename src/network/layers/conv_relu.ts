import * as tf from "@tensorflow/tfjs";
import { type Activation, biasActivation, biasActivationGradients } from "./bias_activation.ts";
import { runKernel } from "./run_kernel.ts";

/** A convolution's settings; the rest is `tf.layers.conv2d`'s. */
export interface ConvReluConfig {
  name: string;
  filters: number;
  kernelInitializer: ReturnType<typeof tf.initializers.glorotUniform>;
  /** Height and width of the kernel. 3 unless told. */
  kernelSize?: number;
  /** 1 unless told, both. */
  strides?: number;
  dilation?: number;
  /** Zeros around the picture on every side, or as many as keep its size; the latter unless told. */
  padding?: "same" | number;
  /** ReLU unless told. */
  activation?: Activation;
}

const DEFAULTS = { padding: "same", activation: "relu" } as const;

/**
 * A 2-D convolution with bias and activation, as `tf.layers.conv2d` computes it. In
 * training too it is one kernel forward, where tfjs takes three as soon as there is a gradient, and
 * its gradient handles activation and bias together. Strides or dilation may differ from 1, not both.
 * Weights: kernel [K, K, C, filters] and bias [filters].
 */
export class ConvRelu extends tf.layers.Layer {
  static className = "PolychromifyConvRelu";
  readonly #config: Required<Omit<ConvReluConfig, "name">>;
  #kernel: tf.LayerVariable | undefined;
  #bias: tf.LayerVariable | undefined;

  constructor({ name, ...config }: ConvReluConfig) {
    super({ name });
    this.#config = { kernelSize: 3, strides: 1, dilation: 1, ...DEFAULTS, ...config };
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const { kernelSize, filters, kernelInitializer } = this.#config;
    const channels = (inputShape as tf.Shape).at(-1) as number;
    const shape = [kernelSize, kernelSize, channels, filters];
    this.#kernel = this.addWeight("kernel", shape, "float32", kernelInitializer);
    this.#bias = this.addWeight("bias", [filters], "float32", tf.initializers.zeros());
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const features = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D; // [N, H, W, C]
    const [kernel, bias] = [this.#kernel!.read() as tf.Tensor4D, this.#bias!.read() as tf.Tensor1D];
    const { activation } = this.#config;
    return tf.tidy(() => {
      // The convolution kernels of tfjs cannot fuse tanh.
      if (activation !== "tanh") return this.#convolve({ x: features, filter: kernel, bias });
      return biasActivation(this.#convolve({ x: features, filter: kernel }), bias, activation);
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const [images, height, width] = inputShape as [number, number | null, number | null];
    const { strides, filters, padding, kernelSize, dilation } = this.#config;
    const reach = dilation * (kernelSize - 1);
    const along = (side: number | null) => {
      if (!side || padding === "same") return side && Math.ceil(side / strides);
      return Math.floor((side + 2 * padding - reach - 1) / strides) + 1;
    };
    return [images, along(height), along(width), filters];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { kernelInitializer: _, ...config } = this.#config;
    return { ...super.getConfig(), ...config };
  }

  #convolve(inputs: { x: tf.Tensor; filter: tf.Tensor; bias?: tf.Tensor }): tf.Tensor4D {
    const { strides, dilation, padding, activation } = this.#config;
    const attributes: ConvolutionAttributes = {
      strides: [strides, strides],
      pad: padding,
      ...(padding !== "same" && { dimRoundingMode: "floor" }),
      dataFormat: "NHWC",
      dilations: [dilation, dilation],
      activation: inputs.bias ? activation : "linear",
    };
    return runKernel("FusedConv2D", { inputs, attributes });
  }
}

tf.serialization.registerClass(ConvRelu);

interface ConvolutionAttributes {
  strides: [number, number];
  pad: "same" | number;
  dimRoundingMode?: "floor";
  dataFormat: "NHWC";
  dilations: [number, number];
  activation: Activation;
}

// tfjs has no gradient for this kernel: its own fused convolution comes apart in training.
tf.registerGradient({
  kernelName: "FusedConv2D",
  inputsToSave: ["x", "filter"],
  outputsToSave: [true],
  gradFunc: (dy, saved, attributes) => {
    const { activation, ...geometry } = attributes as unknown as ConvolutionAttributes;
    const [x, filter, y] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    const run = (name: string, inputs: object, shape: object) =>
      runKernel<tf.Tensor>(name, { inputs, attributes: { ...geometry, ...shape } });
    const [dSums, dBias] = biasActivationGradients(dy as tf.Tensor4D, y, activation);
    return {
      x: () => run("Conv2DBackpropInput", { dy: dSums, filter }, { inputShape: x.shape }),
      filter: () => run("Conv2DBackpropFilter", { x, dy: dSums }, { filterShape: filter.shape }),
      bias: () => tf.clone(dBias),
    };
  },
});
