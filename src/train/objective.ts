import type * as tf from "@tensorflow/tfjs";
import type { NetworkConfig } from "../network/config.ts";
import type { Network, StepContext } from "../network/network.ts";
import { type ClassShare, ECCV16_OBJECTIVE, ECCV16_PLAIN_OBJECTIVE } from "./eccv16_objective.ts";
import { PALETTE_OBJECTIVE, type PaletteShare } from "./palette_objective.ts";
import { type ImageShare, REGRESSION_OBJECTIVE, type RgbShare } from "./regression_objective.ts";
import { type HintedShare, SIGGRAPH17_OBJECTIVE } from "./siggraph17_objective.ts";

/** Where a share of a batch stands in its run; all that may change its images at random. */
export interface SharePlace {
  /** Images of the share. */
  count: number;
  /** Side of the square images. */
  sizePx: number;
  /** Of the run. */
  seed: number;
  /** From 0. */
  epoch: number;
  /** Position of each image in the shuffled epoch, [count]. */
  positions: number[];
  /** Whether to flip and crop at random. */
  augment: boolean;
  /** Part of the images, 0..1, that a palette then sees as old photographs have them. */
  aged: number;
}

/** What a network is trained towards: how pixels become a share of a batch, and its loss. */
export interface Objective<Share> {
  /** Whether the loss is the mean squared error of ab / 128, which validation measures too. */
  readonly squaredError: boolean;
  /**
   * Makes a share of plain arrays and numbers, no tensors: it may run ahead in another thread.
   * @param rgb 8-bit RGB, shape [count * sizePx * sizePx * 3]; not changed.
   * @returns The same for the same arguments, on every machine.
   */
  makeShare(rgb: Uint8Array, place: SharePlace): Share;
  /**
   * The loss of a share, divided by the whole batch (`context.batchImages`), so that the sum over
   * shares is the batch's. Runs within `tf.variableGrads`, which disposes what it makes.
   */
  lossOf(network: Network, share: Share, context: StepContext): tf.Scalar;
}

/** A share of any objective. */
export type TrainingShare = ImageShare | RgbShare | PaletteShare | ClassShare | HintedShare;

/** The objective that an architecture is trained towards; its shares fit no other. */
export function objectiveOf(config: NetworkConfig): Objective<TrainingShare> {
  switch (config.kind) {
    case "palette":
      return PALETTE_OBJECTIVE;
    case "eccv16":
      return config.rebalanced === false ? ECCV16_PLAIN_OBJECTIVE : ECCV16_OBJECTIVE;
    case "siggraph17":
      return SIGGRAPH17_OBJECTIVE;
    default:
      return REGRESSION_OBJECTIVE;
  }
}
