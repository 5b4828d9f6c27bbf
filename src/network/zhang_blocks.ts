/** What the two networks of Zhang et al. are made of. */
import * as tf from "@tensorflow/tfjs";
import { apply } from "./layers/apply.ts";
import { BatchNorm } from "./layers/batch_norm.ts";
import { ConvRelu } from "./layers/conv_relu.ts";
import type { InitialWeights } from "./layers/initial_weights.ts";

/** PyTorch's default, which both networks were trained with. */
const BATCH_NORM_EPSILON = 1e-5;

/** Their authors divide ab by this. */
export const ZHANG_AB_SCALE = 110;

/** Three halvings of the sides. */
export const ZHANG_SIZE_MULTIPLE = 8;

/** One block of convolutions. */
export interface ZhangBlock {
  /** Filters of its convolutions. */
  filters: number;
  /** How many convolutions of 3x3; 3 unless told. */
  convs?: number;
  /** Distance of the taps; 1 unless told. */
  dilation?: number;
  /** Stride of the last one; 1 unless told. */
  lastStride?: 1 | 2;
  /** Batch norm behind the last one, unless told otherwise. */
  batchNorm?: boolean;
}

/** Applies blocks, each from random weights of its own: conv1_1, conv1_2, bn1, conv2_1 and so on. */
export class ZhangBlocks {
  readonly #initial: InitialWeights;

  constructor(initial: InitialWeights) {
    this.#initial = initial;
  }

  /** Convolutions with ReLU, and batch norm behind all of them. */
  block(
    features: tf.SymbolicTensor,
    number: number,
    { filters, convs = 3, dilation = 1, lastStride = 1, batchNorm = true }: ZhangBlock,
  ): tf.SymbolicTensor {
    let [result, first] = [features, 1];
    if (number > 7) first = 2; // conv8_1 and on enlarge
    for (let i = first; i < first + convs; i++) {
      const strides = i === first + convs - 1 ? lastStride : 1;
      result = this.conv(result, `conv${number}_${i}`, { filters, dilation, strides });
    }
    if (!batchNorm) return result;
    const norm = new BatchNorm({ name: `bn${number}`, epsilon: BATCH_NORM_EPSILON });
    return apply(norm, result);
  }

  /** One convolution of 3x3, or of another size, with as many zeros around as keep the size. */
  conv(
    features: tf.SymbolicTensor,
    name: string,
    { filters, dilation = 1, strides = 1, kernelSize = 3, activation = "relu" }: {
      filters: number;
      dilation?: number;
      strides?: number;
      kernelSize?: number;
      activation?: "relu" | "linear" | "tanh";
    },
  ): tf.SymbolicTensor {
    const conv = new ConvRelu({
      ...{ name, filters, dilation, strides, kernelSize, activation },
      // PyTorch's zeros lie on all sides, also where a stride would need none on one of them.
      padding: dilation * (kernelSize - 1) / 2,
      kernelInitializer: this.#initial.heNormal(),
    });
    return apply(conv, features);
  }

  /** A transposed convolution of 4x4 that doubles the sides, without activation. */
  enlarge(
    features: tf.SymbolicTensor,
    name: string,
    { filters }: { filters: number },
  ): tf.SymbolicTensor {
    const conv = tf.layers.conv2dTranspose({
      ...{ name, filters, kernelSize: 4, strides: 2, padding: "same" },
      kernelInitializer: this.#initial.heNormal(),
    });
    return apply(conv, features);
  }
}
