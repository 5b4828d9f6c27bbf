import * as tf from "@tensorflow/tfjs";
import type { EncoderDecoderConfig } from "./config.ts";
import { BatchNorm } from "./layers/batch_norm.ts";
import { SeededDropout } from "./layers/dropout.ts";
import { UpsampledConv2d } from "./layers/upsampled_conv.ts";

/**
 * Applies the report's encoder-decoder to lightness: convolutions (stride 2 when `strided`), dense
 * layers on the channel axis, convolutions with nearest upsampling, and a 1x1 tanh head.
 * Layers are named conv1.., dense1.., bn1.., dropout1.., output, each behind `prefix`.
 * @param lightness [N, H, W, 1], L* in 0..100.
 * @param options.seed Fixes the initial weights.
 * @returns ab / 128, or one plane of it: [N, H, W, 2 or 1].
 */
export function applyEncoderDecoder(
  lightness: tf.SymbolicTensor,
  config: Omit<EncoderDecoderConfig, "kind">,
  { seed, prefix = "" }: { seed: number; prefix?: string },
): tf.SymbolicTensor {
  const counts = new Map<string, number>();
  const nextIndex = (kind: string) => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return counts.get(kind)!;
  };
  const nextName = (kind: string) => `${prefix}${kind}${nextIndex(kind)}`;
  let weightSeed = seed;
  const init = () => tf.initializers.glorotUniform({ seed: weightSeed++ });
  const conv = (kind: string, filters: number, { kernelSize = 3, strides = 1 } = {}) =>
    tf.layers.conv2d({
      name: nextName(kind),
      filters,
      kernelSize,
      strides,
      padding: "same",
      activation: "relu",
      kernelInitializer: init(),
    });
  const norm = (features: tf.SymbolicTensor) =>
    config.batchNorm ? apply(new BatchNorm({ name: nextName("bn") }), features) : features;

  let features = lightness;
  for (const filters of config.encoder) {
    features = apply(conv("conv", filters, { strides: config.strided ? 2 : 1 }), features);
  }
  features = norm(features);
  for (const [i, units] of config.dense.entries()) {
    features = apply(conv("dense", units, { kernelSize: 1 }), features);
    if (config.dropout > 0 && i < config.dense.length - 1) {
      const layerIndex = nextIndex("dropout");
      const name = `${prefix}dropout${layerIndex}`;
      // The pair's halves draw from different masks: their prefixes differ.
      const half = prefix.charCodeAt(0) || 0;
      const dropout = { name, rate: config.dropout, layerIndex: layerIndex + 256 * half };
      features = apply(new SeededDropout(dropout), features);
    }
  }
  features = norm(features);
  for (const [i, filters] of config.decoder.entries()) {
    features = apply(
      config.strided && i > 0
        ? new UpsampledConv2d({ name: nextName("conv"), filters, kernelInitializer: init() })
        : conv("conv", filters),
      features,
    );
  }
  const head = tf.layers.conv2d({
    name: `${prefix}output`,
    filters: config.planes.length,
    kernelSize: 1,
    // tanh: no prediction can leave the ab range that normalization covers.
    activation: "tanh",
    kernelInitializer: init(),
  });
  const planes = apply(head, features);
  if (!config.strided) return planes;
  // The report upsamples before the head; a 1x1 head commutes with it and costs a quarter here.
  return apply(tf.layers.upSampling2d({ name: `${prefix}up`, size: [2, 2] }), planes);
}

function apply(layer: tf.layers.Layer, features: tf.SymbolicTensor): tf.SymbolicTensor {
  return layer.apply(features) as tf.SymbolicTensor;
}
