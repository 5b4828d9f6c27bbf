import * as tf from "@tensorflow/tfjs";
import { GAMUT_BIN_COUNT, trainingGamutPrior } from "../../color/gamut_bins.ts";
import type { InitialWeights } from "./initial_weights.ts";

/** Small first weights: the network starts at the prior, not at random colors. */
const KERNEL_DEVIATION = 0.01;

/**
 * Logits of the ab bins from features: a 1x1 convolution whose bias starts at the logarithm of the
 * prior. The prior itself is kept beside, as a weight that no training touches, so that a weights
 * file holds all that decoding needs.
 * Weights: kernel [1, 1, C, Q], bias [Q] and prior [Q].
 */
export class BinHead extends tf.layers.Layer {
  static className = "PolychromifyBinHead";
  readonly #initial: InitialWeights;
  #kernel: tf.LayerVariable | undefined;
  #bias: tf.LayerVariable | undefined;
  #prior: tf.LayerVariable | undefined;

  constructor({ name, initial }: { name: string; initial: InitialWeights }) {
    super({ name });
    this.#initial = initial;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const channels = (inputShape as tf.Shape).at(-1) as number;
    const prior = trainingGamutPrior();
    const bins = [prior.length];
    const [normal, zeros] = [this.#initial.normal(KERNEL_DEVIATION), tf.initializers.zeros()];
    this.#kernel = this.addWeight("kernel", [1, 1, channels, ...bins], "float32", normal);
    this.#bias = this.addWeight("bias", bins, "float32", zeros);
    this.#prior = this.addWeight("prior", bins, "float32", zeros, undefined, false);
    tf.tidy(() => {
      this.#bias!.write(tf.tensor1d(Float32Array.from(prior, Math.log)));
      this.#prior!.write(tf.tensor1d(Float32Array.from(prior)));
    });
    this.built = true;
  }

  /** Shares of the bins in the training images, shape [Q]; stays with the layer. */
  get prior(): tf.Tensor1D {
    return this.#prior!.read() as tf.Tensor1D;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const features = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D; // [N, H, W, C]
    return tf.tidy(() => {
      const filter = this.#kernel!.read() as tf.Tensor4D;
      const bias = this.#bias!.read();
      return tf.fused.conv2d({ x: features, filter, strides: 1, pad: "same", bias }); // [N, H, W, Q]
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return [...inputShape.slice(0, -1), GAMUT_BIN_COUNT];
  }
}

tf.serialization.registerClass(BinHead);
