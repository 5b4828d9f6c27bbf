import * as tf from "@tensorflow/tfjs";

/**
 * Runs one of the backend's kernels by its name: the layers know the backend by names alone.
 * @returns A tensor, or several, as the kernel's description says.
 */
export function runKernel<Result extends tf.Tensor | tf.Tensor[]>(
  name: string,
  { inputs, attributes }: { inputs: object; attributes: object },
): Result {
  const result = tf.engine().runKernel(name, { ...inputs }, { ...attributes });
  return result as unknown as Result;
}
