/** One step of Adam for one weight: what our kernels for both backends compute, in tfjs' terms. */
import * as tf from "@tensorflow/tfjs";
import type { KernelCall } from "./own_kernels.ts";

/** What kernel `AdamStep` reads and changes, all of one shape; the gradient is only read. */
export interface AdamStepInputs {
  weight: tf.Variable;
  /** First and second moment of the gradients. */
  first: tf.Variable;
  second: tf.Variable;
  gradient: tf.Tensor;
  /** Moving average of the weight; left out when none is kept. */
  average?: tf.Variable;
  /** Squared norm of all gradients together, shape [1]; left out when they are not clipped. */
  squaredNorm?: tf.Tensor;
}

/** Numbers of a step. */
export interface AdamStepAttributes {
  /** Learning rate over the bias correction of the first moment. */
  stepSize: number;
  /** Bias correction of the second moment, 1 - beta2^t. */
  correction2: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Share of the weight that decays: learning rate times weight decay, 0 for none. */
  decay: number;
  /** Most norm that all gradients may have together; without `squaredNorm` it has no meaning. */
  clipNorm: number;
  /** Share of the average that stays; without `average` it has no meaning. */
  emaDecay: number;
}

/** What PyTorch adds to the norm before it divides by it. */
export const CLIP_EPSILON = 1e-6;

/** Splits a call of the kernel into what it is. */
export function adamStepCall(
  { inputs, attributes }: KernelCall,
): { tensors: AdamStepInputs; numbers: AdamStepAttributes } {
  return {
    tensors: inputs as unknown as AdamStepInputs,
    numbers: attributes as unknown as AdamStepAttributes,
  };
}

/**
 * Takes the step in tfjs' own operations. The gradients are clipped as PyTorch's `clip_grad_norm_`
 * does; the weight decays apart from the gradient (AdamW); the average follows the new weight.
 * @see Kingma and Ba 2015, arXiv:1412.6980, algorithm 1; Loshchilov and Hutter 2019,
 * arXiv:1711.05101, algorithm 2.
 */
export function composeAdamStep(call: KernelCall): tf.TensorInfo[] {
  const { tensors, numbers } = adamStepCall(call);
  const { weight, first, second, average, squaredNorm } = tensors;
  const { stepSize, correction2, beta1, beta2, epsilon, decay, clipNorm, emaDecay } = numbers;
  tf.tidy(() => {
    const gradient = squaredNorm
      ? tf.mul(tensors.gradient, clipFactor(squaredNorm, clipNorm))
      : tensors.gradient;
    first.assign(tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
    second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
    const deviation = tf.add(tf.sqrt(tf.div(second, correction2)), epsilon);
    const update = tf.div(tf.mul(first, stepSize), deviation);
    weight.assign(tf.sub(tf.sub(weight, tf.mul(weight, decay)), update));
    average?.assign(tf.add(average, tf.mul(tf.sub(weight, average), 1 - emaDecay)));
  });
  return [];
}

function clipFactor(squaredNorm: tf.Tensor, clipNorm: number): tf.Tensor {
  return tf.minimum(1, tf.div(clipNorm, tf.add(tf.sqrt(squaredNorm), CLIP_EPSILON)));
}
