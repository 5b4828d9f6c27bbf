import * as tf from "@tensorflow/tfjs";
import type { StepContext } from "../network.ts";

/** Keras' defaults. */
const EPSILON = 1e-3;
const MOMENTUM = 0.99;

/**
 * Batch normalization over N, H and W, as Keras' `BatchNormalization` with its defaults. Beyond
 * tfjs' own layer it takes its statistics over all shares of a batch, and its gradient is the
 * closed form: two channel sums instead of some twenty full-size operations.
 * Weights: gamma, beta, moving_mean, moving_variance, each [C].
 * @see Ioffe and Szegedy 2015, arXiv:1502.03167.
 */
export class BatchNorm extends tf.layers.Layer {
  static className = "PolychromifyBatchNorm";
  #weights: tf.LayerVariable[] = [];

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
    const [gamma, beta, movingMean, movingVariance] = this.#weights.map((weight) => weight.read());
    return tf.tidy(() => {
      if (!kwargs.training) {
        const [mean, variance] = [movingMean as tf.Tensor1D, movingVariance as tf.Tensor1D];
        return tf.batchNorm4d(
          features,
          mean,
          variance,
          beta as tf.Tensor1D,
          gamma as tf.Tensor1D,
          EPSILON,
        );
      }
      return normalizeBatch(features, [gamma as tf.Tensor1D, beta as tf.Tensor1D], {
        context: kwargs as StepContext,
        onMoments: (moments) => this.#updateMoving(moments),
      });
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  #updateMoving({ mean, variance }: Moments): void {
    const [, , movingMean, movingVariance] = this.#weights;
    const pairs = [[movingMean!, mean], [movingVariance!, variance]] as const;
    for (const [moving, current] of pairs) {
      moving.write(tf.add(tf.mul(moving.read(), MOMENTUM), tf.mul(current, 1 - MOMENTUM)));
    }
  }
}

tf.serialization.registerClass(BatchNorm);

/** Mean and biased variance per channel [C], over `count` values each. */
interface Moments {
  mean: tf.Tensor1D;
  variance: tf.Tensor1D;
  count: number;
}

function batchMoments(features: tf.Tensor4D, context: StepContext): Moments {
  const [, height, width] = features.shape;
  const count = context.batchImages * height * width;
  const overAll = (values: tf.Tensor4D) =>
    tf.div(context.sumOverShares(channelSum(values)), count) as tf.Tensor1D;
  const mean = overAll(features);
  // Two passes: the difference of squares would cancel where the mean is large.
  const variance = overAll(tf.squaredDifference(features, mean) as tf.Tensor4D);
  return { mean, variance, count };
}

function channelSum(values: tf.Tensor4D): tf.Tensor1D {
  return tf.sum(values, [0, 1, 2]) as tf.Tensor1D;
}

/** gamma * (x - mean) / sqrt(variance + eps) + beta, where mean and variance depend on x. */
function normalizeBatch(
  features: tf.Tensor4D,
  [gamma, beta]: [tf.Tensor1D, tf.Tensor1D],
  { context, onMoments }: { context: StepContext; onMoments: (moments: Moments) => void },
): tf.Tensor {
  const forward = tf.customGrad((...args) => {
    const [x, scale, shift] = args as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
    const save = args[3] as unknown as tf.GradSaveFunc;
    const moments = batchMoments(x, context);
    onMoments(moments);
    const inverseDeviation = tf.rsqrt(tf.add(moments.variance, EPSILON));
    const normalized = tf.mul(tf.sub(x, moments.mean), inverseDeviation);
    save([normalized, scale, inverseDeviation]);
    const value = tf.add(tf.mul(normalized, scale), shift);
    const sums = { count: moments.count, context };
    return { value, gradFunc: (dy, saved) => gradients(dy as tf.Tensor4D, saved, sums) };
  });
  return forward(features, gamma, beta);
}

function gradients(
  dy: tf.Tensor4D,
  saved: tf.Tensor[],
  { count, context }: { count: number; context: StepContext },
): tf.Tensor[] {
  const [normalized, scale, inverseDeviation] = saved as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
  const dBeta = channelSum(dy);
  const dGamma = channelSum(tf.mul(dy, normalized));
  // One exchange for both sums. Gradients of the weights stay partial: the step adds them up.
  const [meanDy, meanDyNormalized] = tf.split(
    tf.div(context.sumOverShares(tf.concat1d([dBeta, dGamma])), count) as tf.Tensor1D,
    2,
  );
  const centered = tf.sub(tf.sub(dy, meanDy!), tf.mul(normalized, meanDyNormalized!));
  return [tf.mul(centered, tf.mul(scale, inverseDeviation)), dGamma, dBeta];
}
