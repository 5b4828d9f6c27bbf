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
