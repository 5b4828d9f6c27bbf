import * as tf from "@tensorflow/tfjs";
import type { UNetConfig, UNetShape } from "./config.ts";
import { apply } from "./layers/apply.ts";
import { BatchNorm } from "./layers/batch_norm.ts";
import { ConvRelu } from "./layers/conv_relu.ts";
import { HEAD_SEED_OFFSET, type InitialWeights } from "./layers/initial_weights.ts";
import { UpsampledConv2d } from "./layers/upsampled_conv.ts";

/**
 * Applies a U-Net with a regression head to lightness.
 * @param lightness [N, H, W, 1], L* in 0..100.
 * @returns ab / 128, shape [N, H, W, 2].
 */
export function applyUNet(
  lightness: tf.SymbolicTensor,
  config: UNetConfig,
  { initial }: { initial: InitialWeights },
): tf.SymbolicTensor {
  const normalized = tf.layers.rescaling({ name: "normalize", scale: 1 / 50, offset: -1 });
  const headInitial = initial.at(HEAD_SEED_OFFSET);
  const features = applyUNetBody(apply(normalized, lightness), config, { initial });
  const head = new ConvRelu({
    name: "output",
    filters: 2,
    kernelSize: 1,
    activation: "tanh",
    kernelInitializer: headInitial.glorotUniform(),
  });
  const planes = apply(head, features);
  return config.firstStride === 1
    ? planes
    : apply(tf.layers.upSampling2d({ name: "up", size: [2, 2] }), planes);
}

/**
 * Applies a U-Net's encoder and decoder. Each level but the first begins with a convolution of
 * stride 2; on the way back each level is upsampled with a convolution, added to what the encoder had
 * there (concatenation would double the work of the convolution that follows), and convolved. All
 * convolutions are 3x3 with ReLU, and batch norm behind it where the shape asks for it.
 * @param input [N, H, W, C].
 * @returns Features of the finest level, [N, H / firstStride, W / firstStride, widths[0]].
 */
export function applyUNetBody(
  input: tf.SymbolicTensor,
  { widths, encoderConvs, decoderConvs, firstStride, batchNorm }: UNetShape,
  { initial }: { initial: InitialWeights },
): tf.SymbolicTensor {
  const blocks = new BlockMaker({ initial, batchNorm });
  const skips: tf.SymbolicTensor[] = [];
  let features = input;
  for (const [level, filters] of widths.entries()) {
    const strides = level === 0 ? firstStride : 2;
    features = blocks.conv(features, { name: `down${level + 1}`, filters, strides });
    for (let i = 0; i < encoderConvs[level]!; i++) {
      features = blocks.conv(features, { name: `down${level + 1}_conv${i + 1}`, filters });
    }
    skips.push(features);
  }
  for (let level = widths.length - 2; level >= 0; level--) {
    const filters = widths[level]!;
    features = blocks.upsampledConv(features, { name: `up${level + 1}`, filters });
    const join = tf.layers.add({ name: `up${level + 1}_join` });
    features = join.apply([features, skips[level]!]) as tf.SymbolicTensor;
    for (let i = 0; i < decoderConvs[level]!; i++) {
      features = blocks.conv(features, { name: `up${level + 1}_conv${i + 1}`, filters });
    }
  }
  return features;
}

/** Both sides of a picture must divide by this. */
export function uNetSizeMultiple({ widths, firstStride }: UNetShape): number {
  return firstStride * 2 ** (widths.length - 1);
}

/** Applies convolutions, each from random weights of its own, with what follows them. */
class BlockMaker {
  readonly #initial: InitialWeights;
  readonly #batchNorm: boolean;

  constructor({ initial, batchNorm }: { initial: InitialWeights; batchNorm: boolean }) {
    this.#initial = initial;
    this.#batchNorm = batchNorm;
  }

  conv(
    features: tf.SymbolicTensor,
    { name, filters, strides = 1 }: { name: string; filters: number; strides?: number },
  ): tf.SymbolicTensor {
    const kernelInitializer = this.#initial.heNormal();
    const conv = new ConvRelu({ name, filters, strides, kernelInitializer });
    return this.#normalized(apply(conv, features), name);
  }

  upsampledConv(
    features: tf.SymbolicTensor,
    { name, filters }: { name: string; filters: number },
  ): tf.SymbolicTensor {
    const kernelInitializer = this.#initial.heNormal();
    const conv = new UpsampledConv2d({ name, filters, kernelInitializer });
    return this.#normalized(apply(conv, features), name);
  }

  #normalized(features: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
    return this.#batchNorm ? apply(new BatchNorm({ name: `${name}_bn` }), features) : features;
  }
}
