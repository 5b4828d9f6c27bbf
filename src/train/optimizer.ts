import type { Network } from "../network/network.ts";
import { Adam } from "./adam.ts";
import type { TrainingConfig } from "./config.ts";
import { learningRateAt } from "./schedule.ts";
import { statisticVariables, trainableVariables } from "./step.ts";

/**
 * Makes the optimizer of a run, whose learning rate follows the schedule.
 * @param options.epochImages Images of an epoch, which tell how many steps there will be.
 */
export function makeOptimizer(
  network: Network,
  { config, epochImages }: { config: TrainingConfig; epochImages: number },
): Adam {
  const { weightDecay, clipNorm, emaDecay } = config;
  const totalSteps = config.epochs * Math.ceil(epochImages / config.batch);
  return new Adam(trainableVariables(network), {
    learningRate: (step) => learningRateAt(step, { ...config, totalSteps }),
    weightDecay,
    clipNorm,
    emaDecay,
    statistics: statisticVariables(network),
  });
}
