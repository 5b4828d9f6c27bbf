import type * as tf from "@tensorflow/tfjs";
import type { NetworkConfig } from "./config.ts";
import type { Palette } from "./palette.ts";

/** Sums a tensor over everybody who trains on a share of the same batch. */
export type SumOverShares = (partial: tf.Tensor1D) => tf.Tensor1D;

/**
 * What one training step tells the layers. It travels as the keyword arguments of
 * `LayersModel.apply`, so that no layer holds state of a step.
 */
export interface StepContext {
  training: true;
  /** Seed of the run and number of the step: together they fix every dropout mask. */
  seed: number;
  step: number;
  /** Images of the whole batch, and the position in it of the first image at hand. */
  batchImages: number;
  firstImage: number;
  sumOverShares: SumOverShares;
}

/**
 * What a network holds likely of each place of a picture, by itself: places that have the same
 * colors are told apart from others by it.
 */
export interface Distribution {
  /** Interleaved a*, b* of the bins, shape [Q * 2]. */
  binCenters: Float32Array;
  /** Power of the shares by which colors are suggested: below 1, less likely ones come up, too. */
  suggestionPower: number;
  /**
   * Predicts shares of the bins, with sum 1. The caller disposes the result.
   * @param lightness L* in 0..100, shape [N, H, W, 1].
   * @param hints As for `predictAb`.
   * @returns Shape [N, h, w, Q], of a map with a part of the picture's sides.
   */
  predictShares(lightness: tf.Tensor4D, hints?: tf.Tensor4D): tf.Tensor4D;
}

/** An architecture, with its weights once trained or loaded. */
export interface Network {
  readonly config: NetworkConfig;
  /** Both sides of a picture must divide by this. */
  readonly sizeMultiple: number;
  /** Weights in all, those that training does not touch (batch norm statistics) included. */
  readonly parameterCount: number;
  /** The trainable layers; undefined for a constant, which has none. */
  readonly layers: tf.LayersModel | undefined;
  /** Whether colors that are known can be given to it. */
  readonly takesHints: boolean;
  /**
   * Predicts ab. The caller disposes the result.
   * @param lightness L* in 0..100, shape [N, H, W, 1].
   * @param hints Colors that the user gives: ab / 128 and 1 where one is given, 0 all three where
   * none is, shape [N, H, W, 3]; only for a network that takes them.
   * @returns ab / 128, shape [N, H, W, 2].
   */
  predictAb(lightness: tf.Tensor4D, hints?: tf.Tensor4D): tf.Tensor4D;
  /** Undefined for a network that predicts colors alone. */
  readonly distribution?: Distribution;
  /** Distributions and vividness; undefined for a network that predicts one color. */
  readonly palette?: Palette;
  dispose(): void;
}

/** A context for the whole batch in one place. */
export function wholeBatchContext(
  { seed, step, batchImages }: { seed: number; step: number; batchImages: number },
): StepContext {
  const sumOverShares = (partial: tf.Tensor1D) => partial;
  return { training: true, seed, step, batchImages, firstImage: 0, sumOverShares };
}
