import * as tf from "@tensorflow/tfjs";
import type { Network, StepContext } from "../network/network.ts";
import { weightVariables } from "../network/weights.ts";
import { objectiveOf, type TrainingShare } from "./objective.ts";

/** Loss and gradients of one share of a batch; their sums over all shares are those of the batch. */
export interface ShareGradients {
  loss: tf.Scalar;
  /** In the order of the network's trainable variables. */
  gradients: tf.Tensor[];
}

/** The variables that training changes. */
export function trainableVariables(network: Network): tf.Variable[] {
  if (!network.layers) {
    throw new TypeError("Cannot train: the network has no layers, got a constant");
  }
  return network.layers.trainableWeights.map((weight) =>
    (weight as unknown as { val: tf.Variable }).val
  );
}

/** The variables that training changes without gradients: batch norm's moving statistics. */
export function statisticVariables(network: Network): tf.Variable[] {
  const trainable = new Set(trainableVariables(network));
  return weightVariables(network).map(({ variable }) => variable)
    .filter((variable) => !trainable.has(variable));
}

/**
 * Runs a share of a batch forward and backward, towards the network's objective. The caller disposes
 * the results.
 * @param share What the objective's `makeShare` makes.
 */
export function shareGradients(
  network: Network,
  share: TrainingShare,
  context: StepContext,
): ShareGradients {
  const variables = trainableVariables(network);
  const { lossOf } = objectiveOf(network.config);
  const { value, grads } = tf.variableGrads(() => lossOf(network, share, context), variables);
  return { loss: value, gradients: variables.map((variable) => grads[variable.name]!) };
}
