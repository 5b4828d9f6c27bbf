import * as tf from "@tensorflow/tfjs";

/**
 * The mean color of a distribution that was sharpened: softmax(logits / temperature) times the
 * centers of the bins. Temperature 1 gives the mean, towards 0 the likeliest bin.
 * Weights: kernel [1, 1, Q, 2], the centers, which no training touches.
 * @see Zhang, Isola, Efros 2016, equation 5.
 */
export class AnnealedMean extends tf.layers.Layer {
  static className = "PolychromifyAnnealedMean";
  readonly #temperature: number;
  readonly #centers: Float32Array;
  #kernel: tf.LayerVariable | undefined;

  /** @param config.centers Interleaved a and b of the Q bins, in the units of the result. */
  constructor(
    { name, temperature, centers }: { name: string; temperature: number; centers: Float32Array },
  ) {
    super({ name });
    this.#temperature = temperature;
    this.#centers = centers;
  }

  override build(): void {
    const shape = [1, 1, this.#centers.length / 2, 2];
    const zeros = tf.initializers.zeros();
    this.#kernel = this.addWeight("kernel", shape, "float32", zeros, undefined, false);
    tf.tidy(() => {
      this.#kernel!.write(tf.tensor(this.#centers, shape));
    });
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const logits = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D; // [N, H, W, Q]
    return tf.tidy(() => {
      const shares = tf.softmax(tf.div(logits, this.#temperature)) as tf.Tensor4D;
      return tf.conv2d(shares, this.#kernel!.read() as tf.Tensor4D, 1, "same"); // [N, H, W, 2]
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return [...inputShape.slice(0, -1), 2];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), temperature: this.#temperature };
  }
}

tf.serialization.registerClass(AnnealedMean);
