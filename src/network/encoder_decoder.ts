import * as tf from "@tensorflow/tfjs";
import type { EncoderDecoderConfig } from "./config.ts";
import { apply } from "./layers/apply.ts";
import { BatchNorm } from "./layers/batch_norm.ts";
import { ConvRelu } from "./layers/conv_relu.ts";
import { SeededDropout } from "./layers/dropout.ts";
import type { InitialWeights } from "./layers/initial_weights.ts";
import { UpsampledConv2d } from "./layers/upsampled_conv.ts";

/**
 * Applies the report's encoder-decoder to lightness: convolutions (stride 2 when `strided`), dense
 * layers on the channel axis, convolutions with nearest upsampling, and a 1x1 tanh head.
 * Layers are named conv1.., dense1.., bn1.., dropout1.., output, each behind `prefix`.
 * @param lightness [N, H, W, 1], L* in 0..100.
 * @returns ab / 128, or one plane of it: [N, H, W, 2 or 1].
 */
export function applyEncoderDecoder(
  lightness: tf.SymbolicTensor,
  config: Omit<EncoderDecoderConfig, "kind">,
  options: { initial: InitialWeights; prefix?: string },
): tf.SymbolicTensor {
  const layers = new LayerMaker(options);
  const { strided, batchNorm } = config;
  let features = lightness;
  for (const filters of config.encoder) {
    features = apply(layers.conv("conv", filters, { strides: strided ? 2 : 1 }), features);
  }
  if (batchNorm) features = apply(layers.batchNorm(), features);
  for (const [i, units] of config.dense.entries()) {
    features = apply(layers.conv("dense", units, { kernelSize: 1 }), features);
    const inner = i < config.dense.length - 1;
    if (config.dropout > 0 && inner) features = apply(layers.dropout(config.dropout), features);
  }
  if (batchNorm) features = apply(layers.batchNorm(), features);
  for (const [i, filters] of config.decoder.entries()) {
    const upsampled = strided && i > 0;
    const conv = upsampled ? layers.upsampledConv(filters) : layers.conv("conv", filters);
    features = apply(conv, features);
  }
  const planes = apply(layers.head(config.planes.length), features);
  // The report upsamples before the head; a 1x1 head commutes with it and costs a quarter here.
  return strided ? apply(layers.upsampling(), planes) : planes;
}

/** Makes the layers of one network: counts up their names. */
class LayerMaker {
  readonly #prefix: string;
  readonly #counts = new Map<string, number>();
  readonly #initial: InitialWeights;

  constructor({ initial, prefix = "" }: { initial: InitialWeights; prefix?: string }) {
    this.#initial = initial;
    this.#prefix = prefix;
  }

  conv(kind: "conv" | "dense", filters: number, { kernelSize = 3, strides = 1 } = {}) {
    return new ConvRelu({
      name: this.#nextName(kind),
      filters,
      kernelSize,
      strides,
      kernelInitializer: this.#initial.glorotUniform(),
    });
  }

  upsampledConv(filters: number) {
    const name = this.#nextName("conv");
    return new UpsampledConv2d({ name, filters, kernelInitializer: this.#initial.glorotUniform() });
  }

  batchNorm() {
    return new BatchNorm({ name: this.#nextName("bn") });
  }

  dropout(rate: number) {
    const name = this.#nextName("dropout");
    // The pair's halves draw from different masks: their prefixes differ.
    const half = this.#prefix.charCodeAt(0) || 0;
    const layerIndex = this.#counts.get("dropout")! + 256 * half;
    return new SeededDropout({ name, rate, layerIndex });
  }

  head(planes: number) {
    return new ConvRelu({
      name: `${this.#prefix}output`,
      filters: planes,
      kernelSize: 1,
      // tanh: no prediction can leave the ab range that normalization covers.
      activation: "tanh",
      kernelInitializer: this.#initial.glorotUniform(),
    });
  }

  upsampling() {
    return tf.layers.upSampling2d({ name: `${this.#prefix}up`, size: [2, 2] });
  }

  #nextName(kind: string): string {
    const index = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, index);
    return `${this.#prefix}${kind}${index}`;
  }
}
