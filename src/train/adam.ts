import * as tf from "@tensorflow/tfjs";

const BETA1 = 0.9;
const BETA2 = 0.999;
/** Keras' default, as in the report. */
const EPSILON = 1e-7;

/**
 * Adam, as `tf.train.adam` computes it. Its bias correction follows from the number of steps, not
 * from running products, so a resumed run takes bit for bit the steps of an uninterrupted one.
 * @see Kingma and Ba 2015, arXiv:1412.6980, algorithm 1.
 */
export class Adam {
  readonly #variables: tf.Variable[];
  readonly #learningRate: number;
  /** First and second moments, in the order of the variables; a checkpoint keeps them. */
  readonly moments: { first: tf.Variable; second: tf.Variable }[];
  /** Steps taken so far. */
  steps = 0;

  constructor(variables: tf.Variable[], { learningRate }: { learningRate: number }) {
    this.#variables = variables;
    this.#learningRate = learningRate;
    const zeros = (variable: tf.Variable) => tf.variable(tf.zerosLike(variable), false);
    this.moments = tf.tidy(() =>
      variables.map((variable) => ({ first: zeros(variable), second: zeros(variable) }))
    );
  }

  /** Takes one step. @param gradients In the order of the variables; the caller disposes them. */
  step(gradients: tf.Tensor[]): void {
    this.steps++;
    const correction1 = 1 - BETA1 ** this.steps;
    const correction2 = 1 - BETA2 ** this.steps;
    tf.tidy(() => {
      for (const [i, variable] of this.#variables.entries()) {
        const { first, second } = this.moments[i]!;
        const gradient = gradients[i]!;
        const m = tf.add(tf.mul(first, BETA1), tf.mul(gradient, 1 - BETA1));
        const v = tf.add(tf.mul(second, BETA2), tf.mul(tf.square(gradient), 1 - BETA2));
        first.assign(m);
        second.assign(v);
        const deviation = tf.add(tf.sqrt(tf.div(v, correction2)), EPSILON);
        const update = tf.div(tf.mul(m, this.#learningRate / correction1), deviation);
        variable.assign(tf.sub(variable, update));
      }
    });
  }

  dispose(): void {
    for (const { first, second } of this.moments) tf.dispose([first, second]);
  }
}
