/** One step of a moving average: what our kernels for both backends compute, in tfjs' terms. */
import * as tf from "@tensorflow/tfjs";
import type { KernelCall } from "./own_kernels.ts";

/** What kernel `MovingAverage` reads and changes, and the share of the average that stays. */
export interface MovingAverageCall {
  average: tf.Variable;
  /** Of the same shape; only read. */
  value: tf.Tensor;
  decay: number;
}

/** Splits a call of the kernel into what it is. */
export function movingAverageCall({ inputs, attributes }: KernelCall): MovingAverageCall {
  return { ...inputs, ...attributes } as unknown as MovingAverageCall;
}

/** Takes the step in tfjs' own operations: decay * average + (1 - decay) * value. */
export function composeMovingAverage(call: KernelCall): tf.TensorInfo[] {
  const { average, value, decay } = movingAverageCall(call);
  tf.tidy(() => average.assign(tf.add(average, tf.mul(tf.sub(value, average), 1 - decay))));
  return [];
}
