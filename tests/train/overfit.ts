import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { wholeBatchContext } from "../../src/network/network.ts";
import type { Network } from "../../src/network/network.ts";
import { Adam } from "../../src/train/adam.ts";
import type { TrainingShare } from "../../src/train/objective.ts";
import { shareGradients, trainableVariables } from "../../src/train/step.ts";

/** Trains a network on one batch again and again, and sees that no tensor is left over. */
export async function overfit(
  network: Network,
  share: TrainingShare,
  { steps }: { steps: number },
): Promise<{ first: number; last: number }> {
  const adam = new Adam(trainableVariables(network), { learningRate: 0.01 });
  const losses: number[] = [];
  let tensors = 0;
  for (let step = 0; step < steps; step++) {
    const context = wholeBatchContext({ seed: 0, step, batchImages: share.count });
    const { loss, gradients } = shareGradients(network, share, context);
    adam.step(gradients);
    losses.push((await loss.data())[0]!);
    tf.dispose([loss, ...gradients]);
    if (step === 1) tensors = tf.memory().numTensors;
  }
  assertEquals(tf.memory().numTensors, tensors);
  adam.dispose();
  return { first: losses[0]!, last: losses.at(-1)! };
}
