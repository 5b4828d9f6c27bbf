import * as tf from "@tensorflow/tfjs";
import { type KernelCall, registerOwnKernel } from "../own_kernels.ts";
import { composeSoftCrossEntropy, composeSoftCrossEntropyGradient } from "../soft_cross_entropy.ts";
import { heapView } from "./heap.ts";

/** Registers the loss and its gradient, which tfjs has under no name. */
export function registerSoftCrossEntropy(): void {
  registerOwnKernel({
    kernelName: "SoftCrossEntropy",
    backendName: "wasm",
    run: softCrossEntropy,
    compose: composeSoftCrossEntropy,
  });
  registerOwnKernel({
    kernelName: "SoftCrossEntropyGradient",
    backendName: "wasm",
    run: softCrossEntropyGradient,
    compose: composeSoftCrossEntropyGradient,
  });
}

/**
 * Sum of the soft cross-entropy, and the gradient of the logits at dy = 1: XNNPACK's softmax (two
 * nanoseconds a value, where `Math.exp` takes 18), from which the few targets are subtracted.
 * @param call.inputs Logits [.., Q], bins int32 [.., K], weights [.., K].
 * @returns The loss [] and the gradient [.., Q].
 * @throws {RangeError} When a bin is none of the Q classes.
 */
function softCrossEntropy({ inputs }: KernelCall): tf.Tensor[] {
  const { logits, bins, weights } = inputs as Record<string, tf.Tensor>;
  const gradient = tf.softmax(logits!);
  const loss = subtractTargets({
    classes: logits!.shape.at(-1)!,
    targets: bins!.shape.at(-1)!,
    logits: heapView(logits!),
    gradient: heapView(gradient),
    bins: heapView(bins!) as unknown as Int32Array,
    weights: heapView(weights!),
  });
  return [tf.scalar(loss), gradient];
}

/** Gradient of the logits: the one at dy = 1 times dy. */
function softCrossEntropyGradient({ inputs }: KernelCall): tf.Tensor {
  const { saved, dy } = inputs as Record<string, tf.Tensor>;
  return tf.mul(saved!, dy!);
}

/** Row after row of the pixels. */
interface Rows {
  classes: number;
  targets: number;
  logits: Float32Array;
  /** Softmax of the logits at first. */
  gradient: Float32Array;
  bins: Int32Array;
  weights: Float32Array;
}

/** Turns softmax into sum(weights) * softmax - targets; gives the sum of the losses. */
function subtractTargets({ classes, targets, logits, gradient, bins, weights }: Rows): number {
  let loss = 0;
  for (let row = 0, first = 0; row < logits.length; row += classes, first += targets) {
    const logSumExp = rowLogSumExp({ classes, logits, gradient }, row);
    let total = 0;
    for (let k = first; k < first + targets; k++) total += weights[k]!;
    // Weights usually add up to 1 but for rounding; an importance scales the whole row.
    if (Math.abs(total - 1) > 1e-6) {
      for (let i = row; i < row + classes; i++) gradient[i]! *= total;
    }
    for (let k = first; k < first + targets; k++) {
      const bin = bins[k]!;
      if (bin >>> 0 >= classes) {
        const rule = `bins must be in 0..${classes - 1}`;
        throw new RangeError(`Cannot compute soft cross-entropy: ${rule}, got ${bin}`);
      }
      gradient[row + bin]! -= weights[k]!;
      loss += weights[k]! * (logSumExp - logits[row + bin]!);
    }
  }
  return loss;
}

/** log sum exp of a row, from any of its classes that is not improbable; the likeliest has 1 / Q. */
function rowLogSumExp(
  { classes, logits, gradient }: Pick<Rows, "classes" | "logits" | "gradient">,
  row: number,
): number {
  const enough = 0.5 / classes;
  for (let i = row; i < row + classes; i++) {
    if (gradient[i]! > enough) return logits[i]! - Math.log(gradient[i]!);
  }
  return NaN; // as softmax is: a logit was no finite number
}
