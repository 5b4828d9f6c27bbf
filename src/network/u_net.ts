import * as tf from "@tensorflow/tfjs";
import type { UNetConfig, UNetShape } from "./config.ts";
import { ConvRelu } from "./layers/conv_relu.ts";
import { UpsampledConv2d } from "./layers/upsampled_conv.ts";

/**
 * Applies a U-Net with a regression head to lightness.
 * @param lightness [N, H, W, 1], L* in 0..100.
 * @param options.seed Fixes the initial weights.
 * @returns ab / 128, shape [N, H, W, 2].
 */
export function applyUNet(
  lightness: tf.SymbolicTensor,
  config: UNetConfig,
  { seed }: { seed: number },
): tf.SymbolicTensor {
  const normalized = tf.layers.rescaling({ name: "normalize", scale: 1 / 50, offset: -1 });
  const features = applyUNetBody(apply(normalized, lightness), config, { seed });
  const head = new ConvRelu({
    name: "output",
    filters: 2,
    kernelSize: 1,
    activation: "tanh",
    kernelInitializer: tf.initializers.glorotUniform({ seed: seed + 999 }),
  });
  const planes = apply(head, features);
  return config.firstStride === 1
    ? planes
    : apply(tf.layers.upSampling2d({ name: "up", size: [2, 2] }), planes);
}

/**
 * Applies a U-Net's encoder and decoder. Each level but the first begins with a convolution of
 * stride 2; on the way back each level is upsampled with a convolution, added to what the encoder had
 * there (concatenation would double the work of the convolution that follows), and convolved. All convolutions are 3x3 with ReLU, without normalization: He's
 * initialization carries the signal through the few layers, and batch norm would cost workers an
 * exchange for each layer.
 * @param input [N, H, W, C].
 * @returns Features of the finest level, [N, H / firstStride, W / firstStride, widths[0]].
 */
export function applyUNetBody(
  input: tf.SymbolicTensor,
  { widths, encoderConvs, decoderConvs, firstStride }: UNetShape,
  { seed }: { seed: number },
): tf.SymbolicTensor {
  const layers = new LayerMaker(seed);
  const skips: tf.SymbolicTensor[] = [];
  let features = input;
  for (const [level, filters] of widths.entries()) {
    const strides = level === 0 ? firstStride : 2;
    features = apply(layers.conv(`down${level + 1}`, filters, strides), features);
    for (let i = 0; i < encoderConvs[level]!; i++) {
      features = apply(layers.conv(`down${level + 1}_conv${i + 1}`, filters), features);
    }
    skips.push(features);
  }
  for (let level = widths.length - 2; level >= 0; level--) {
    const filters = widths[level]!;
    features = apply(layers.upsampledConv(`up${level + 1}`, filters), features);
    const join = tf.layers.add({ name: `up${level + 1}_join` });
    features = join.apply([features, skips[level]!]) as tf.SymbolicTensor;
    for (let i = 0; i < decoderConvs[level]!; i++) {
      features = apply(layers.conv(`up${level + 1}_conv${i + 1}`, filters), features);
    }
  }
  return features;
}

/** Both sides of a picture must divide by this. */
export function uNetSizeMultiple({ widths, firstStride }: UNetShape): number {
  return firstStride * 2 ** (widths.length - 1);
}

/** Makes the layers of one network: each starts from random weights of its own. */
class LayerMaker {
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  conv(name: string, filters: number, strides = 1): tf.layers.Layer {
    return new ConvRelu({
      name,
      filters,
      strides,
      kernelInitializer: this.#nextInitializer(),
    });
  }

  upsampledConv(name: string, filters: number): tf.layers.Layer {
    return new UpsampledConv2d({ name, filters, kernelInitializer: this.#nextInitializer() });
  }

  #nextInitializer() {
    return tf.initializers.heNormal({ seed: this.#seed++ });
  }
}

function apply(layer: tf.layers.Layer, features: tf.SymbolicTensor): tf.SymbolicTensor {
  return layer.apply(features) as tf.SymbolicTensor;
}
