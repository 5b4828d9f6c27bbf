import { type ClassWeights, parseClassWeights } from "../data/class_weights.ts";
import { type Schedule, SCHEDULES } from "./schedule.ts";

/** How a network is trained; the report's regime is the default. */
export interface TrainingConfig {
  epochs: number;
  /** Images per optimizer step. */
  batch: number;
  learningRate: number;
  /** How the learning rate goes on: a cosine falls to `finalLearningRate` over all steps. */
  schedule: Schedule;
  /** Steps over which the learning rate rises at first; 0 for none. */
  warmupSteps: number;
  finalLearningRate: number;
  /** AdamW's decay of all weights but biases and those of norms, per unit of learning rate. */
  weightDecay: number;
  /** The most norm that all gradients have together; null for any. */
  clipNorm: number | null;
  /** Share that the moving average of the weights keeps in a step; null keeps no average. */
  emaDecay: number | null;
  /** Fixes initial weights, order of images, dropout and augmentation. */
  seed: number;
  augment: boolean;
  /**
   * Part of the images that a palette sees as old photographs have them, 0..1, where images are
   * augmented; the others stay as sharp and smooth as they are.
   */
  aged: number;
  /** Train on so many images from all over the split, validate on a tenth of that; null for all. */
  limit: number | null;
  /** How often an epoch shows the images of each class; null shows each image once. */
  classWeights: ClassWeights | null;
  /**
   * Leave out images of less colorfulness, 0..255, black-and-white and toned ones first: they teach
   * that old pictures have no colors. 0 leaves out none.
   */
  minColorfulness: number;
}

/** Adam's settings in the report are Keras' defaults; seed 0 is ours. */
export const REPORT_TRAINING: TrainingConfig = {
  epochs: 25,
  batch: 64,
  learningRate: 0.001,
  schedule: "constant",
  warmupSteps: 0,
  finalLearningRate: 0,
  weightDecay: 0,
  clipNorm: null,
  emaDecay: null,
  seed: 0,
  augment: false,
  aged: 1,
  limit: null,
  classWeights: null,
  minColorfulness: 0,
};

/**
 * Checks settings that were read from a file; those left out are the report's.
 * @throws {TypeError} When a setting is unknown or of the wrong kind or value, naming it.
 */
export function parseTrainingConfig(value: unknown): TrainingConfig {
  const config: TrainingConfig = { ...REPORT_TRAINING, ...Object(value) };
  const unknown = Object.keys(config).find((key) => !Object.hasOwn(REPORT_TRAINING, key));
  const names = Object.keys(REPORT_TRAINING).join(", ");
  check(unknown === undefined, `each setting must be one of ${names}`, unknown);
  const { epochs, batch, seed, augment, aged, limit, classWeights, minColorfulness } = config;
  const isCount = (count: unknown) => Number.isInteger(count) && Number(count) > 0;
  check(isCount(epochs), "epochs must be a whole number, 1 or more", epochs);
  check(isCount(batch), "batch must be a whole number, 1 or more", batch);
  check(Number.isInteger(seed) && seed >= 0, "seed must be a whole number, 0 or more", seed);
  check(typeof augment === "boolean", "augment must be true or false", augment);
  const isPart = Number.isFinite(aged) && aged >= 0 && aged <= 1;
  check(isPart, "aged must be a number from 0 to 1", aged);
  const isColorfulness = minColorfulness === 0 ||
    isAbove(minColorfulness, 0) && minColorfulness < 255;
  check(isColorfulness, "minColorfulness must be a number from 0 to 255", minColorfulness);
  check(limit === null || isCount(limit), "limit must be null or a whole number above 0", limit);
  return {
    epochs,
    batch,
    ...parseSchedule(config),
    ...parseOptimizer(config),
    seed,
    augment,
    aged,
    limit,
    classWeights: classWeights === null ? null : parseClassWeights(classWeights),
    minColorfulness,
  };
}

function parseSchedule({ learningRate, schedule, warmupSteps, finalLearningRate }: TrainingConfig) {
  check(isAbove(learningRate, 0), "learningRate must be a number above 0", learningRate);
  const names = SCHEDULES.join(" or ");
  check(SCHEDULES.includes(schedule), `schedule must be ${names}`, schedule);
  const isSteps = Number.isInteger(warmupSteps) && warmupSteps >= 0;
  check(isSteps, "warmupSteps must be a whole number, 0 or more", warmupSteps);
  const isRate = Number.isFinite(finalLearningRate) && finalLearningRate >= 0 &&
    finalLearningRate <= learningRate;
  check(isRate, `finalLearningRate must be from 0 to ${learningRate}`, finalLearningRate);
  return { learningRate, schedule, warmupSteps, finalLearningRate };
}

function parseOptimizer({ weightDecay, clipNorm, emaDecay }: TrainingConfig) {
  const isDecay = weightDecay === 0 || isAbove(weightDecay, 0);
  check(isDecay, "weightDecay must be a number, 0 or more", weightDecay);
  const isNorm = clipNorm === null || isAbove(clipNorm, 0);
  check(isNorm, "clipNorm must be null or a number above 0", clipNorm);
  const isShare = emaDecay === null || isAbove(emaDecay, 0) && emaDecay < 1;
  check(isShare, "emaDecay must be null or a number above 0 and below 1", emaDecay);
  return { weightDecay, clipNorm, emaDecay };
}

function isAbove(value: number, least: number): boolean {
  return Number.isFinite(value) && value > least;
}

function check(valid: boolean, rule: string, value: unknown): void {
  if (!valid) throw new TypeError(`Cannot read training: ${rule}, got ${JSON.stringify(value)}`);
}
