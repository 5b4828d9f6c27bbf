import * as tf from "@tensorflow/tfjs";

/** The last layer keeps its seed whatever the number of layers before it. */
export const HEAD_SEED_OFFSET = 999;

type Initializer = ReturnType<typeof tf.initializers.zeros>;

/**
 * The initializers of one network's weights, in the order of its layers: random ones, each with the
 * next seed, or zeros. Random values for millions of weights take longer than to load them from a
 * file: a network that is loaded at once does without.
 */
export class InitialWeights {
  readonly #isBlank: boolean;
  #seed: number;

  /** @param seed The first weight's; `blank` leaves all at zero, to be loaded. */
  constructor(seed: number | "blank") {
    this.#isBlank = seed === "blank";
    this.#seed = seed === "blank" ? 0 : seed;
  }

  /** Initializers of their own, whose seeds begin `offset` after the next one here. */
  at(offset: number): InitialWeights {
    return new InitialWeights(this.#isBlank ? "blank" : this.#seed + offset);
  }

  /** Uniform, for tanh. */
  glorotUniform(): Initializer {
    return this.#next((seed) => tf.initializers.glorotUniform({ seed }));
  }

  /** Normal, for ReLU. */
  heNormal(): Initializer {
    return this.#next((seed) => tf.initializers.heNormal({ seed }));
  }

  /** Normal with a standard deviation. */
  normal(stddev: number): Initializer {
    return this.#next((seed) => tf.initializers.randomNormal({ stddev, seed }));
  }

  #next(create: (seed: number) => Initializer): Initializer {
    return this.#isBlank ? tf.initializers.zeros() : create(this.#seed++);
  }
}
