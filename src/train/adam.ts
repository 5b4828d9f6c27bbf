import * as tf from "@tensorflow/tfjs";

const BETA1 = 0.9;
const BETA2 = 0.999;
/** Keras' default, as in the report. */
const EPSILON = 1e-7;

/** Settings of the optimizer; those left out are the report's. */
export interface AdamOptions {
  /** The same for all steps, or that of a step, counted from 0. */
  learningRate: number | ((step: number) => number);
  /**
   * Share of each weight that a learning rate of 1 would take away in a step, apart from the
   * gradient (AdamW). Biases and parameters of norms, which have one axis, do not decay.
   */
  weightDecay?: number;
  /** The most norm that all gradients have together; larger ones are scaled down. Null for any. */
  clipNorm?: number | null;
  /** Share that the moving average of the weights keeps in a step; null keeps no average. */
  emaDecay?: number | null;
  /** What training changes without gradients (batch norm's statistics): averaged along. */
  statistics?: tf.Variable[];
}

/**
 * Adam, as `tf.train.adam` computes it, and AdamW. Its bias correction follows from the number of
 * steps, not from running products, so a resumed run takes bit for bit the steps of an
 * uninterrupted one. Kernels of `backend/` do the work, in place.
 * @see Kingma and Ba 2015, arXiv:1412.6980, algorithm 1; Loshchilov and Hutter 2019,
 * arXiv:1711.05101, algorithm 2.
 */
export class Adam {
  readonly #variables: tf.Variable[];
  readonly #options: Required<AdamOptions>;
  #averagesInPlace = false;
  /** First and second moments, in the order of the variables; a checkpoint keeps them. */
  readonly moments: { first: tf.Variable; second: tf.Variable }[];
  /** Moving averages of variables and statistics; empty when none are kept. */
  readonly averages: ReadonlyMap<tf.Variable, tf.Variable>;
  /** Steps taken so far. */
  steps = 0;

  constructor(variables: tf.Variable[], options: AdamOptions) {
    const usual = { weightDecay: 0, clipNorm: null, emaDecay: null, statistics: [] };
    this.#variables = variables;
    this.#options = { ...usual, ...options };
    this.moments = variables.map((variable) => {
      const zeros = () => tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
      return { first: zeros(), second: zeros() };
    });
    const { emaDecay, statistics } = this.#options;
    const averaged = emaDecay === null ? [] : [...variables, ...statistics];
    const copy = (variable: tf.Variable) => tf.tidy(() => tf.variable(tf.clone(variable), false));
    this.averages = new Map(averaged.map((variable) => [variable, copy(variable)]));
  }

  /**
   * Takes one step. @param gradients In the order of the variables; the caller disposes them.
   * @throws {Error} When the averages stand in the place of the weights.
   */
  step(gradients: tf.Tensor[]): void {
    if (this.#averagesInPlace) {
      throw new Error("Cannot take a step: the weights must be in place, got their averages");
    }
    const numbers = this.#numbersOf(this.steps++);
    const squaredNorm = this.#options.clipNorm === null ? undefined : squaredNormOf(gradients);
    for (const [i, weight] of this.#variables.entries()) {
      const average = this.averages.get(weight);
      const inputs = {
        ...this.moments[i]!,
        weight,
        gradient: gradients[i]!,
        ...(average && { average }),
        ...(squaredNorm && { squaredNorm }),
      };
      const decay = weight.rank > 1 ? numbers.decay : 0;
      tf.engine().runKernel("AdamStep", inputs, { ...numbers, decay });
    }
    squaredNorm?.dispose();
    for (const value of this.#options.statistics) {
      const average = this.averages.get(value);
      if (!average) continue;
      tf.engine().runKernel("MovingAverage", { average, value }, { decay: numbers.emaDecay });
    }
  }

  /**
   * Runs something, such as a validation, with the averages in the place of the weights, and puts
   * these back, also when it throws. Without averages it runs with the weights.
   */
  async withAverages<T>(run: () => Promise<T>): Promise<T> {
    const weights = [...this.averages.keys()].map((variable) => tf.clone(variable));
    for (const [variable, average] of this.averages) variable.assign(average);
    this.#averagesInPlace = weights.length > 0;
    try {
      return await run();
    } finally {
      this.#averagesInPlace = false;
      for (const [i, variable] of [...this.averages.keys()].entries()) {
        variable.assign(weights[i]!);
      }
      tf.dispose(weights);
    }
  }

  dispose(): void {
    for (const { first, second } of this.moments) tf.dispose([first, second]);
    tf.dispose([...this.averages.values()]);
  }

  /** What kernel `AdamStep` is told. @param step Counted from 0. */
  #numbersOf(step: number) {
    const { learningRate, weightDecay, clipNorm, emaDecay } = this.#options;
    const rate = typeof learningRate === "number" ? learningRate : learningRate(step);
    const t = step + 1;
    return {
      stepSize: rate / (1 - BETA1 ** t),
      correction2: 1 - BETA2 ** t,
      beta1: BETA1,
      beta2: BETA2,
      epsilon: EPSILON,
      decay: rate * weightDecay,
      clipNorm: clipNorm ?? 0,
      // A young average forgets fast: it starts from weights that know nothing.
      emaDecay: Math.min(emaDecay ?? 0, (1 + t) / (10 + t)),
    };
  }
}

function squaredNormOf(gradients: tf.Tensor[]): tf.Tensor {
  return tf.engine().runKernel(
    "SquaredNorm",
    gradients as unknown as tf.NamedTensorMap,
  ) as tf.Tensor;
}
