import * as tf from "@tensorflow/tfjs";
import { type DropoutDraw, dropoutFactor } from "./dropout_mask.ts";
import { type OwnKernel, registerOwnKernel } from "./own_kernels.ts";

type Inputs = Record<string, tf.Tensor>;
type Attributes = Record<string, unknown>;
type Composition = (inputs: Inputs, attributes: Attributes) => tf.Tensor | tf.Tensor[];

/**
 * What our layers' kernels mean in tfjs' own operations: they run when tfjs' kernels were chosen.
 * Shapes and attributes are those of the kernels.
 */
const COMPOSITIONS = {
  BiasActivation: ({ sums, bias }, { activation }) =>
    tf.tidy(() => activate(tf.add(sums!, bias!), activation)),
  BiasActivationGradient: ({ dy, y }, { activation }) =>
    tf.tidy(() => {
      const tanh = activation === "tanh";
      const slope = tanh ? tf.sub(1, tf.square(y!)) : tf.step(y!);
      const dSums = tf.mul(dy!, slope);
      return [dSums, tf.sum(dSums, leadingAxes(y!))];
    }),
  BatchNormSquares: ({ x, sums }, { count }) =>
    tf.tidy(() => {
      const mean = tf.div(sums!, count as number);
      return tf.sum(tf.squaredDifference(x!, mean), leadingAxes(x!));
    }),
  BatchNormNormalize: ({ gamma, beta, ...batch }, attributes) =>
    tf.tidy(() => tf.add(tf.mul(normalize(batch, attributes).normalized, gamma!), beta!)),
  BatchNormMoving: ({ movingMean, movingVariance, sums, squares }, attributes) => {
    const { count, momentum } = attributes as { count: number; momentum: number };
    const moved = (moving: tf.Tensor, total: tf.Tensor) =>
      tf.add(tf.mul(moving, momentum), tf.mul(tf.div(total, count), 1 - momentum));
    return tf.tidy(() => [moved(movingMean!, sums!), moved(movingVariance!, squares!)]);
  },
  BatchNormGradientSums: ({ dy, ...batch }, attributes) =>
    tf.tidy(() => {
      const products = [dy!, tf.mul(dy!, normalize(batch, attributes).normalized)];
      return tf.concat(products.map((product) => tf.sum(product, leadingAxes(dy!))));
    }),
  BatchNormGradient: ({ dy, gamma, gradientSums, ...batch }, attributes) =>
    tf.tidy(() => {
      const { normalized, inverseDeviation } = normalize(batch, attributes);
      const means = tf.div(gradientSums!, attributes.count as number);
      const [meanDy, meanDyNormalized] = tf.split(means, 2);
      const centered = tf.sub(tf.sub(dy!, meanDy!), tf.mul(normalized, meanDyNormalized!));
      return tf.mul(centered, tf.mul(gamma!, inverseDeviation));
    }),
  SeededDropout: ({ x }, attributes) => {
    const draw = attributes as unknown as DropoutDraw;
    const mask = Float32Array.from({ length: x!.size }, (_, i) => dropoutFactor(i, draw));
    return tf.tidy(() => tf.mul(x!, tf.tensor(mask, x!.shape)));
  },
  UpsampledKernel: ({ kernel }) => {
    const [, , channels, filters] = kernel!.shape as [number, number, number, number];
    return tf.tidy(() => {
      const folded = foldLines(foldLines(kernel!, 4), 4);
      return tf.transpose(tf.reshape(folded, [4, 4, channels, filters]), [0, 1, 3, 2]);
    });
  },
  UpsampledKernelGradient: ({ dFolded }) => {
    const [, , filters, channels] = dFolded!.shape as [number, number, number, number];
    return tf.tidy(() => {
      const unfolded = foldLines(foldLines(tf.transpose(dFolded!, [0, 1, 3, 2]), 3), 3);
      return tf.reshape(unfolded, [3, 3, channels, filters]);
    });
  },
} satisfies Record<string, Composition>;

/** A backend's kernel: it takes inputs and attributes by the names of a call. */
type LayerKernel = (inputs: never, attributes: never) => tf.TensorInfo | tf.TensorInfo[];

/** How a backend runs each of them. */
export type LayerKernels = Record<keyof typeof COMPOSITIONS, LayerKernel>;

/** Registers a backend's kernels of our layers, with their compositions. */
export function registerLayerKernels(
  backendName: OwnKernel["backendName"],
  kernels: LayerKernels,
): void {
  for (const [kernelName, compose] of Object.entries(COMPOSITIONS)) {
    const kernel = kernels[kernelName as keyof LayerKernels];
    registerOwnKernel({
      kernelName,
      backendName,
      run: ({ inputs, attributes }) => kernel(inputs as never, attributes as never),
      compose: ({ inputs, attributes }) => compose(inputs as Inputs, attributes),
    });
  }
}

function activate(values: tf.Tensor, activation: unknown): tf.Tensor {
  if (activation === "relu") return tf.relu(values);
  return activation === "tanh" ? tf.tanh(values) : values;
}

/** x normalized by the sums and squares of a batch. */
function normalize({ x, sums, squares }: Inputs, attributes: Attributes) {
  const { count, epsilon } = attributes as { count: number; epsilon: number };
  const inverseDeviation = tf.rsqrt(tf.add(tf.div(squares!, count), epsilon));
  const normalized = tf.mul(tf.sub(x!, tf.div(sums!, count)), inverseDeviation);
  return { normalized, inverseDeviation };
}

/** Row t: which of the three taps of a line reach output t of the four that one input reaches. */
const SHARED_TAPS = [[0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 0]];

/** Folds (to 4) or unfolds (to 3) the rows of a kernel, and turns it: columns come first. */
function foldLines(kernel: tf.Tensor, rows: 3 | 4): tf.Tensor {
  const before = 7 - rows;
  const lines = tf.reshape(kernel, [before, -1]) as tf.Tensor2D;
  const folded = tf.matMul(tf.tensor2d(SHARED_TAPS), lines, rows === 3);
  const columns = kernel.shape[1]!;
  return tf.transpose(tf.reshape(folded, [rows, columns, -1]), [1, 0, 2]);
}

/** All axes but the channels. */
function leadingAxes({ shape }: tf.Tensor): number[] {
  return [...shape.keys()].slice(0, -1);
}
