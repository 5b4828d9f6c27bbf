import * as tf from "@tensorflow/tfjs";
import type { StepContext } from "../network.ts";
import { runKernel } from "./run_kernel.ts";

/** Keras' defaults. */
const EPSILON = 1e-3;
const MOMENTUM = 0.99;

/**
 * Batch normalization over N, H and W, as Keras' `BatchNormalization` with its defaults. Beyond
 * tfjs' own layer it takes its statistics over all shares of a batch, and its gradient is the
 * closed form, in kernels of our own that read each value as few times as possible.
 * Weights: gamma, beta, moving_mean, moving_variance, each [C].
 * @see Ioffe and Szegedy 2015, arXiv:1502.03167.
 */
export class BatchNorm extends tf.layers.Layer {
  static className = "PolychromifyBatchNorm";
  readonly #epsilon: number;
  #weights: tf.LayerVariable[] = [];

  /** @param config.epsilon What is added to the variance; Keras' default unless told. */
  constructor({ name, epsilon = EPSILON }: { name: string; epsilon?: number }) {
    super({ name });
    this.#epsilon = epsilon;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const channels = [(inputShape as tf.Shape).at(-1) as number];
    const [ones, zeros] = [tf.initializers.ones(), tf.initializers.zeros()];
    this.#weights = [
      this.addWeight("gamma", channels, "float32", ones),
      this.addWeight("beta", channels, "float32", zeros),
      this.addWeight("moving_mean", channels, "float32", zeros, undefined, false),
      this.addWeight("moving_variance", channels, "float32", ones, undefined, false),
    ];
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Partial<StepContext>): tf.Tensor {
    const features = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D; // [N, H, W, C]
    const [gamma, beta, mean, variance] = this.#weights.map((weight) => weight.read()) as [
      ...[tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D],
    ];
    return tf.tidy(() => {
      if (!kwargs.training) {
        return tf.batchNorm4d(features, mean, variance, beta, gamma, this.#epsilon);
      }
      return normalizeBatch({ x: features, gamma, beta }, {
        context: kwargs as StepContext,
        epsilon: this.#epsilon,
        onMoments: (moments) => this.#updateMoving(moments),
      });
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), epsilon: this.#epsilon };
  }

  #updateMoving({ count, ...sums }: Moments): void {
    const [movingMean, movingVariance] = this.#weights.slice(2) as [
      ...[tf.LayerVariable, tf.LayerVariable],
    ];
    const moving = { movingMean: movingMean.read(), movingVariance: movingVariance.read() };
    const [mean, variance] = runKernel<[tf.Tensor, tf.Tensor]>("BatchNormMoving", {
      inputs: { ...moving, ...sums },
      attributes: { count, momentum: MOMENTUM },
    });
    movingMean.write(mean);
    movingVariance.write(variance);
  }
}

tf.serialization.registerClass(BatchNorm);

/** A batch's sums per channel [C], and those of squared deviations, over `count` values each. */
interface Moments {
  sums: tf.Tensor;
  squares: tf.Tensor;
  count: number;
}

function batchMoments(x: tf.Tensor4D, context: StepContext): Moments {
  const [, height, width] = x.shape;
  const count = context.batchImages * height * width;
  const sums = context.sumOverShares(tf.sum(x, [0, 1, 2]));
  // Two passes: the difference of squares would cancel where the mean is large.
  const squares = runKernel<tf.Tensor1D>("BatchNormSquares", {
    inputs: { x, sums },
    attributes: { count },
  });
  return { sums, squares: context.sumOverShares(squares), count };
}

/** gamma * (x - mean) / sqrt(variance + eps) + beta, where mean and variance depend on x. */
function normalizeBatch(
  { x, gamma, beta }: { x: tf.Tensor4D; gamma: tf.Tensor1D; beta: tf.Tensor1D },
  { context, epsilon, onMoments }: {
    context: StepContext;
    epsilon: number;
    onMoments: (moments: Moments) => void;
  },
): tf.Tensor {
  const forward = tf.customGrad((...args) => {
    const [x, gamma, beta] = args as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
    const save = args[3] as unknown as tf.GradSaveFunc;
    const moments = batchMoments(x, context);
    onMoments(moments);
    const { count, sums, squares } = moments;
    const attributes = { count, epsilon };
    const value = runKernel<tf.Tensor>("BatchNormNormalize", {
      inputs: { x, sums, squares, gamma, beta },
      attributes,
    });
    save([x, sums, squares, gamma]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) =>
      gradients(dy, saved, { attributes, context });
    return { value, gradFunc };
  });
  return forward(x, gamma, beta);
}

function gradients(
  dy: tf.Tensor,
  saved: tf.Tensor[],
  { attributes, context }: { attributes: object; context: StepContext },
): tf.Tensor[] {
  const [x, sums, squares, gamma] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const inputs = { dy, x, sums, squares };
  // Sums of dy and of dy * normalized x: one exchange for both.
  const own = runKernel<tf.Tensor1D>("BatchNormGradientSums", { inputs, attributes });
  const gradientSums = context.sumOverShares(own);
  const dx = runKernel<tf.Tensor>("BatchNormGradient", {
    inputs: { ...inputs, gamma, gradientSums },
    attributes,
  });
  // Gradients of the weights stay partial: the step adds them up.
  const [dBeta, dGamma] = tf.split(own, 2);
  return [dx, dGamma!, dBeta!];
}
