/** How a network is trained; the report's regime is the default. */
export interface TrainingConfig {
  epochs: number;
  /** Images per optimizer step. */
  batch: number;
  learningRate: number;
  /** Fixes initial weights, order of images, dropout and augmentation. */
  seed: number;
  augment: boolean;
  /** Train on the first so many images only, and validate on a tenth of that; null for all. */
  limit: number | null;
}

/** Adam's settings in the report are Keras' defaults; seed 0 is ours. */
export const REPORT_TRAINING: TrainingConfig = {
  epochs: 25,
  batch: 64,
  learningRate: 0.001,
  seed: 0,
  augment: false,
  limit: null,
};

/**
 * Checks settings that were read from a file; those left out are the report's.
 * @throws {TypeError} When a setting is of the wrong kind or value, naming it.
 */
export function parseTrainingConfig(value: unknown): TrainingConfig {
  const config: TrainingConfig = { ...REPORT_TRAINING, ...Object(value) };
  const { epochs, batch, learningRate, seed, augment, limit } = config;
  const isCount = (count: unknown) => Number.isInteger(count) && Number(count) > 0;
  check(isCount(epochs), "epochs must be a whole number, 1 or more", epochs);
  check(isCount(batch), "batch must be a whole number, 1 or more", batch);
  check(
    Number.isFinite(learningRate) && learningRate > 0,
    "learningRate must be a number above 0",
    learningRate,
  );
  check(Number.isInteger(seed) && seed >= 0, "seed must be a whole number, 0 or more", seed);
  check(typeof augment === "boolean", "augment must be true or false", augment);
  check(limit === null || isCount(limit), "limit must be null or a whole number above 0", limit);
  return { epochs, batch, learningRate, seed, augment, limit };
}

function check(valid: boolean, rule: string, value: unknown): void {
  if (!valid) throw new TypeError(`Cannot read training: ${rule}, got ${JSON.stringify(value)}`);
}
