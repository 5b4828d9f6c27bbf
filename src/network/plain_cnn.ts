import type * as tf from "@tensorflow/tfjs";
import type { PlainCnnConfig } from "./config.ts";
import { BatchNorm } from "./layers/batch_norm.ts";
import { ConvRelu } from "./layers/conv_relu.ts";
import type { InitialWeights } from "./layers/initial_weights.ts";

/**
 * Applies the report's baseline: 3x3 convolutions at full resolution, each with batch norm.
 * @param lightness [N, H, W, 1], L* in 0..100.
 * @returns ab / 128, shape [N, H, W, 2].
 */
export function applyPlainCnn(
  lightness: tf.SymbolicTensor,
  { filters }: PlainCnnConfig,
  { initial }: { initial: InitialWeights },
): tf.SymbolicTensor {
  let features = lightness;
  for (const [i, count] of filters.entries()) {
    const conv = new ConvRelu({
      name: `conv${i + 1}`,
      filters: count,
      kernelInitializer: initial.glorotUniform(),
    });
    features = conv.apply(features) as tf.SymbolicTensor;
    features = new BatchNorm({ name: `bn${i + 1}` }).apply(features) as tf.SymbolicTensor;
  }
  const head = new ConvRelu({
    name: "output",
    filters: 2,
    kernelSize: 1,
    activation: "tanh",
    kernelInitializer: initial.glorotUniform(),
  });
  return head.apply(features) as tf.SymbolicTensor;
}
