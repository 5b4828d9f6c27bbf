/** Measures predictors on the images of a split, a batch at a time. */
import { denormalizeAb } from "../color/normalize.ts";
import { type Batch, makeBatch } from "../data/batch.ts";
import { addGrain, uniformNumbers } from "../data/film_grain.ts";
import { hashIntegers } from "../data/hash.ts";
import type { ImageSplit } from "../data/split.ts";
import { type ImageMetrics, prepareTruth, type Truth } from "./image_metrics.ts";
import type { Predictor, PredictorTruth } from "./predictor.ts";
import { type ModelMetrics, Tally } from "./tally.ts";

/** Tells the grain of images from other draws. */
const GRAIN_KEY = 0x6772;

/** Figures of one predictor on one image. */
export interface ImageRow extends ImageMetrics {
  /** Name of the image, such as `val_0.JPEG`. */
  image: string;
  model: string;
  /** Of the original. */
  colorfulness_true: number;
}

export interface EvaluateOptions {
  /** Weight of each ab bin for `auc_rebalanced`, shape [313]. */
  binWeights: Float64Array;
  /** Images from the front of the split; all when left out or when it has fewer. */
  limit?: number;
  /** Images per batch. */
  batch?: number;
  /**
   * Deviation, in L*, of grain in the lightness that predictors see; none unless told. Colors that
   * a network reads from what JPEG left in the lightness, and not from what is shown, go with it.
   */
  grain?: number;
  /** Told after each batch how many images are done. */
  onProgress?: (done: number) => void;
  /** Told the figures of each image, batch by batch. */
  onImage?: (row: ImageRow) => void;
}

/**
 * Evaluates predictors on the first images of a split. Memory does not grow with their number.
 * @returns The figures of each predictor, in the order given.
 * @throws {RangeError} When the split holds no image, or images under 11 pixels.
 */
export async function evaluate(
  split: ImageSplit,
  predictors: readonly Predictor[],
  options: EvaluateOptions,
): Promise<ModelMetrics[]> {
  const { binWeights, limit = split.count, batch: size = 64, grain = 0 } = options;
  const total = Math.min(limit, split.count);
  if (total < 1) throw new RangeError(`Cannot evaluate: must have 1 image or more, got ${total}`);
  const tallies = predictors.map(() => new Tally());
  for (let start = 0; start < total; start += size) {
    const count = Math.min(size, total - start);
    const indices = Array.from({ length: count }, (_, i) => start + i);
    const batch = makeBatch(await split.readImages(indices), { count, sizePx: split.sizePx });
    const truths = prepareTruths(batch, binWeights);
    const seen = grain > 0 ? grainy(batch, { indices, deviation: grain }) : batch;
    for (const [p, predictor] of predictors.entries()) {
      const truth = { ab: denormalizeAb(batch.targetAb), indices };
      if (start === 0) await predict(predictor, seen, truth); // not timed: a GPU compiles shaders
      const startMs = performance.now();
      const predictions = await predict(predictor, seen, truth);
      tallies[p]!.addTime(performance.now() - startMs);
      for (const [i, truth] of truths.entries()) {
        const metrics = tallies[p]!.add(truth, predictions[i]!);
        if (!options.onImage) continue;
        const image = await split.name(start + i);
        const colorfulness_true = truth.colorfulness;
        options.onImage({ image, model: predictor.name, ...metrics, colorfulness_true });
      }
    }
    options.onProgress?.(start + count);
  }
  return predictors.map((predictor, p) => tallies[p]!.average(predictor));
}

/** The same batch with grain in its lightness: for each image its own, the same in every run. */
function grainy(
  batch: Batch,
  { indices, deviation }: { indices: number[]; deviation: number },
): Batch {
  const lightness = batch.lightness.slice();
  const pixels = batch.sizePx ** 2;
  for (const [i, index] of indices.entries()) {
    const random = uniformNumbers(hashIntegers(GRAIN_KEY, index));
    addGrain(lightness.subarray(i * pixels, (i + 1) * pixels), { deviation, random });
  }
  return { ...batch, lightness };
}

function prepareTruths(
  { count, sizePx, lightness, targetAb }: Batch,
  binWeights: Float64Array,
): Truth[] {
  const pixels = sizePx * sizePx;
  const ab = denormalizeAb(targetAb);
  const size = { heightPx: sizePx, widthPx: sizePx };
  return Array.from({ length: count }, (_, i) =>
    prepareTruth({
      lightness: lightness.subarray(i * pixels, (i + 1) * pixels),
      ab: ab.subarray(2 * i * pixels, 2 * (i + 1) * pixels),
    }, { size, binWeights }));
}

/** Predicted ab planes of each image of a batch. */
async function predict(
  predictor: Predictor,
  { count, sizePx, lightness }: Batch,
  truth: PredictorTruth,
): Promise<Float32Array[]> {
  const values = 2 * sizePx * sizePx;
  const shape = { count, heightPx: sizePx, widthPx: sizePx };
  const ab = await predictor.predictAb(lightness, shape, truth);
  return Array.from({ length: count }, (_, i) => ab.subarray(i * values, (i + 1) * values));
}
