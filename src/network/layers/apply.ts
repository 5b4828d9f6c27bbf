import type * as tf from "@tensorflow/tfjs";

/** Applies a layer. */
export function apply(
  layer: tf.layers.Layer,
  features: tf.SymbolicTensor | tf.SymbolicTensor[],
): tf.SymbolicTensor {
  return layer.apply(features) as tf.SymbolicTensor;
}
