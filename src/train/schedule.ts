/** How the learning rate goes: the same throughout, or down along half a cosine. */
export const SCHEDULES = ["constant", "cosine"] as const;
export type Schedule = typeof SCHEDULES[number];

/** What decides the learning rate of each step. */
export interface ScheduleOptions {
  schedule: Schedule;
  /** After the warm-up. */
  learningRate: number;
  /** Steps over which the learning rate rises from near 0; 0 for none. */
  warmupSteps: number;
  /** What a cosine ends with; a constant schedule does not look at it. */
  finalLearningRate: number;
  /** Steps of all epochs of the run. */
  totalSteps: number;
}

/**
 * The learning rate of a step. It rises linearly over the warm-up, so that the first step takes
 * 1 / warmupSteps of it; a cosine falls over all steps that are left.
 * @param step Counted from 0.
 * @see Goyal et al. 2017, arXiv:1706.02677, section 2.2 (warm-up); Loshchilov and Hutter 2017,
 * arXiv:1608.03983, equation 5 (cosine).
 */
export function learningRateAt(step: number, options: ScheduleOptions): number {
  const { schedule, learningRate, warmupSteps, finalLearningRate, totalSteps } = options;
  if (step < warmupSteps) return learningRate * (step + 1) / warmupSteps;
  if (schedule === "constant") return learningRate;
  const done = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  return finalLearningRate +
    (learningRate - finalLearningRate) * (1 + Math.cos(Math.PI * done)) / 2;
}
