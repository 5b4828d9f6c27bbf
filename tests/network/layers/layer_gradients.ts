import * as tf from "@tensorflow/tfjs";

/** What the tests hand to `layer.apply` beside the input. */
export type Kwargs = NonNullable<Parameters<tf.layers.Layer["apply"]>[1]>;

/**
 * Runs a built layer forward and backward. The caller disposes the results.
 * @param dy Gradient of the layer's output, of its size.
 * @returns The output, and gradients of the input and of each trainable weight.
 */
export function runLayer(
  layer: tf.layers.Layer,
  { input, dy, kwargs = {} }: { input: tf.Tensor; dy: Float32Array; kwargs?: object },
): { output: tf.Tensor; gradients: tf.Tensor[] } {
  const weights = layer.trainableWeights.map((weight) =>
    (weight as unknown as { val: tf.Variable }).val
  );
  const variables = [tf.variable(input), ...weights];
  const outputs: tf.Tensor[] = [];
  const { value, grads } = tf.variableGrads(() => {
    const output = layer.apply(variables[0]!, kwargs as Kwargs) as tf.Tensor;
    outputs.push(tf.keep(output));
    return tf.sum(tf.mul(output, tf.tensor(dy, output.shape))) as tf.Scalar;
  }, variables);
  const gradients = variables.map(({ name }) => grads[name]!);
  tf.dispose([value, variables[0]!]);
  return { output: outputs[0]!, gradients };
}

/** Disposes a layer that no model holds. */
export function disposeWeights(layer: tf.layers.Layer): void {
  for (const weight of layer.weights) weight.dispose();
}
