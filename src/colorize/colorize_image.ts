import type { Image } from "imagescript";
import type { ColorPoint } from "../hint/color_points.ts";
import { drawCandidateHints } from "./candidates.ts";
import type { SmallPlanes } from "./edge_aware_upsample.ts";
import type { Model } from "./model.ts";
import { paint } from "./paint.ts";
import { predictPlanes } from "./predict.ts";
import { makeSmallCopy, type SmallCopy } from "./small_copy.ts";

/** Between the faithful mean, which is pale, and colors as vivid as photographs are. */
export const DEFAULT_VIVIDNESS = 0.5;

/** The vividness that a model has where none is asked for; undefined where it takes none. */
export function vividnessFor({ network }: Model): number | undefined {
  return network.palette && DEFAULT_VIVIDNESS;
}

/** How to colorize. */
export interface ColorizeOptions {
  /** From faithful, 0, to vivid, 1, for a model that predicts distributions; others take none. */
  vividness?: number;
  /**
   * Short side of the copy that the network sees, and at which it then looks alone; what the model
   * was trained on unless told, with closer looks where it takes some.
   */
  sizePx?: number;
  /** Colors that are known at places, for a model that takes hints. */
  points?: readonly ColorPoint[];
  /** Stops before the next stage. */
  signal?: AbortSignal;
}

/**
 * Colorizes a picture of any size: L* is kept at full resolution, the colors come from a small copy.
 * The copy is averaged in 8-bit sRGB and only then turned into L*, as the training images were.
 * On a GPU, check the device for errors afterwards.
 * @returns A new picture of the same size with the same alpha.
 * @throws {RangeError} When the size is not a positive whole number, or vividness is outside 0..1, or
 * a point outside the picture, or either is given to a model that takes none.
 * @throws {DOMException} `AbortError`, when the signal asked to stop.
 */
export async function colorizeImage(
  image: Image,
  model: Model,
  options: ColorizeOptions = {},
): Promise<Image> {
  const { signal } = options;
  signal?.throwIfAborted();
  const planes = await predictColors(image, model, options);
  signal?.throwIfAborted();
  return paint(image, planes, options);
}

/**
 * Predicts the colors of a picture's small copy: those that `colorizeImage` paints, and that
 * `propagateColors` corrects.
 * @throws {RangeError} As `colorizeImage`.
 */
export async function predictColors(
  image: Image,
  model: Model,
  options: ColorizeOptions = {},
): Promise<SmallPlanes> {
  const copy = copyFor(model, image, options);
  return await predictOne(model, copy, { hints: copy.hints, vividness: options.vividness });
}

/**
 * Colorizes a picture in several ways, each coherent: see `drawCandidateHints`. The first is that
 * of `colorizeImage`.
 * @param options.count How many; fewer come when the model is sure of everything before.
 * @param options.seed The same pictures for the same seed.
 * @throws As `colorizeImage`; also {RangeError} when `count` is no positive whole number, or above 1
 * for a model that predicts one color for each pixel.
 */
export async function colorizeCandidates(
  image: Image,
  model: Model,
  { count, seed, vividness, ...options }: ColorizeOptions & { count: number; seed: number },
): Promise<Image[]> {
  options.signal?.throwIfAborted();
  const copy = copyFor(model, image, options);
  const { lightness, small, hints, closer } = copy;
  const drawn = await drawCandidateHints(model, lightness, {
    ...small,
    ...{ hints, closer, count, seed },
  });
  const pictures: Image[] = [];
  for (const candidateHints of drawn) {
    options.signal?.throwIfAborted();
    const planes = await predictOne(model, copy, { hints: candidateHints, vividness });
    pictures.push(paint(image, planes, options));
  }
  return pictures;
}

/** The copy of a picture that a model sees. */
export function copyFor(
  model: Model,
  image: Image,
  { sizePx, points }: Pick<ColorizeOptions, "sizePx" | "points">,
): SmallCopy {
  return makeSmallCopy(image, { ...lookOf(model, sizePx), points });
}

/** At what size a model looks at pictures, and whether closer, too, where a size may be asked for. */
export function lookOf(model: Model, sizePx?: number): { sizePx: number; closer: boolean } {
  const closer = sizePx === undefined && model.network.palette !== undefined;
  return { sizePx: sizePx ?? model.sizePx, closer };
}

async function predictOne(
  model: Model,
  { lightness, small, closer }: SmallCopy,
  { hints, vividness = vividnessFor(model) }: {
    hints: Float32Array | undefined;
    vividness: number | undefined;
  },
): Promise<SmallPlanes> {
  const given = {
    ...(vividness !== undefined && { vividness }),
    ...(hints && { hints }),
    ...(closer && { closer }),
  };
  const [planes] = await predictPlanes(model, lightness, { count: 1, ...small }, given);
  return planes!;
}
