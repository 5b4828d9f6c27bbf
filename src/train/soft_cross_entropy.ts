import * as tf from "@tensorflow/tfjs";

/** What each pixel is taught: a few classes and how much each of them counts. */
export interface SoftTargets {
  /** Class indices, int32 [.., K]; a pixel may name a class twice. `checkBins` tells bad ones. */
  bins: tf.Tensor;
  /** Weights of those classes, float32 [.., K]; 1 in sum, or the importance of the pixel. */
  weights: tf.Tensor;
}

/**
 * Softmax cross-entropy against soft targets, -sum_k weight_k * log softmax(logits)[bin_k], whose
 * gradient is sum(weights) * softmax(logits) - targets. No [.., Q] target is ever made.
 * @param logits Scores of the Q classes, float32 [.., Q].
 * @returns The sum over all pixels, to be divided by the pixels of the batch. Its gradient is that
 * of `logits` alone.
 * @throws {RangeError} When a shape does not fit.
 * @throws {TypeError} When bins are not int32.
 * @see Zhang, Isola, Efros 2016, "Colorful Image Colorization", equation 2.
 */
export function softCrossEntropy(
  logits: tf.Tensor,
  { bins, weights }: SoftTargets,
): tf.Scalar {
  checkTargets(logits, { bins, weights });
  const loss = tf.customGrad((...args) => {
    const [scores, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const inputs = { logits: scores, bins, weights };
    const [value, saved] = runKernel("SoftCrossEntropy", inputs);
    save([scores, bins, weights, saved!]);
    return { value: value!, gradFunc: (dy, tensors) => gradient(dy, tensors) };
  });
  return loss(logits) as tf.Scalar;
}

/**
 * Refuses bins that are no classes; on a GPU the loss itself could not tell.
 * @param bins Class indices as they are made, before they become a tensor.
 * @throws {RangeError} Naming the first bad one.
 */
export function checkBins(bins: Int32Array, { classes }: { classes: number }): void {
  for (let i = 0; i < bins.length; i++) {
    if (bins[i]! >>> 0 >= classes) {
      const rule = `bin ${i} must be in 0..${classes - 1}`;
      throw new RangeError(`Cannot make soft targets: ${rule}, got ${bins[i]}`);
    }
  }
}

function gradient(dy: tf.Tensor, tensors: tf.Tensor[]): tf.Tensor {
  const [logits, bins, weights, saved] = tensors as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  return runKernel("SoftCrossEntropyGradient", { logits, bins, weights, saved, dy })[0]!;
}

function runKernel(name: string, inputs: Record<string, tf.Tensor>): tf.Tensor[] {
  return [tf.engine().runKernel(name, inputs)].flat() as tf.Tensor[];
}

function checkTargets(logits: tf.Tensor, { bins, weights }: SoftTargets): void {
  const pixels = logits.shape.slice(0, -1);
  const fits = (shape: number[]) =>
    shape.length === logits.shape.length && pixels.every((size, i) => shape[i] === size);
  const problem = (rule: string, value: unknown) =>
    `Cannot compute soft cross-entropy: ${rule}, got ${value}`;
  if (!fits(bins.shape)) {
    throw new RangeError(problem(`bins must have shape [${pixels}, K]`, `[${bins.shape}]`));
  }
  if (`${weights.shape}` !== `${bins.shape}`) {
    const rule = `weights must have the shape of bins, [${bins.shape}]`;
    throw new RangeError(problem(rule, `[${weights.shape}]`));
  }
  if (bins.dtype !== "int32") throw new TypeError(problem("bins must be int32", bins.dtype));
}
