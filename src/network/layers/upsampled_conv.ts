import * as tf from "@tensorflow/tfjs";

/**
 * Nearest upsampling by 2, then a 3x3 convolution with bias and ReLU, as one layer. Neighbors that
 * upsampling made equal share their products: the pair equals one transposed convolution with a
 * 4x4 kernel and stride 2, which needs 16 multiplications where the plain order needs 36.
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
    const [images, height, width] = features.shape;
    return tf.tidy(() => {
      const kernel = upsampledKernel(this.#kernel!.read() as tf.Tensor4D);
      const size: [number, number, number, number] = [images, 2 * height, 2 * width, this.#filters];
      const sums = tf.conv2dTranspose(features, kernel, size, 2, "same");
      return tf.relu(tf.add(sums, this.#bias!.read()));
    });
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

/** Row t: which of the three taps of a line reach output t of the four that one input reaches. */
const SHARED_TAPS = [[0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 0]];

/**
 * Folds upsampling into a kernel.
 * @param kernel Of the convolution after upsampling, [3, 3, C, F].
 * @returns Of the transposed convolution, [4, 4, F, C].
 */
function upsampledKernel(kernel: tf.Tensor4D): tf.Tensor4D {
  const [, , channels, filters] = kernel.shape;
  const shared = tf.tensor2d(SHARED_TAPS);
  const rows = tf.matMul(shared, tf.reshape(kernel, [3, 3 * channels * filters]) as tf.Tensor2D);
  const columnsFirst = tf.transpose(tf.reshape(rows, [4, 3, channels * filters]), [1, 0, 2]);
  const columns = tf.matMul(
    shared,
    tf.reshape(columnsFirst, [3, 4 * channels * filters]) as tf.Tensor2D,
  );
  return tf.transpose(tf.reshape(columns, [4, 4, channels, filters]), [1, 0, 3, 2]);
}
