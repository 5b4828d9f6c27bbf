import type { Image } from "imagescript";
import { rgbToLightness } from "../color/lab.ts";
import { checkColorPoints, type ColorPoint, hintPlanes } from "../hint/color_points.ts";
import { resizeArea, type SizePx } from "../image/resize.ts";
import { drawCandidateHints } from "./candidates.ts";
import type { SmallPlanes } from "./edge_aware_upsample.ts";
import type { Model } from "./model.ts";
import { paint } from "./paint.ts";
import { predictPlanes } from "./predict.ts";
import { smallSize } from "./small_size.ts";

/** Short side of the small copy when none is asked for: what the networks are trained on. */
export const DEFAULT_SIZE_PX = 64;

/** Between the faithful mean, which is pale, and colors as vivid as photographs are. */
export const DEFAULT_VIVIDNESS = 0.5;

/** How to colorize. */
export interface ColorizeOptions {
  /** From faithful, 0, to vivid, 1, for a model that predicts distributions; others take none. */
  vividness?: number;
  /** Short side of the copy that the network sees. */
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
  const seen = lookAt(image, model, options);
  const planes = await predictOne(model, seen, seen.hints);
  options.signal?.throwIfAborted();
  return paint(image, planes, options);
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
  { count, seed, ...options }: ColorizeOptions & { count: number; seed: number },
): Promise<Image[]> {
  const seen = lookAt(image, model, options);
  const { lightness, small, hints } = seen;
  const drawn = await drawCandidateHints(model, lightness, { ...small, hints, count, seed });
  const pictures: Image[] = [];
  for (const candidateHints of drawn) {
    options.signal?.throwIfAborted();
    pictures.push(paint(image, await predictOne(model, seen, candidateHints), options));
  }
  return pictures;
}

/** What the network sees of a picture. */
export interface SmallCopy {
  small: SizePx;
  /** L* of the copy, shape [small.heightPx * small.widthPx]. */
  lightness: Float32Array;
  /** Of the points, shape [small.heightPx * small.widthPx * 3]; undefined when there are none. */
  hints: Float32Array | undefined;
  vividness: number | undefined;
}

/**
 * Makes the copy of a picture that the network sees.
 * @throws {RangeError} When the size or a point does not fit.
 */
export function lookAt(
  image: Image,
  { network }: Model,
  { sizePx = DEFAULT_SIZE_PX, vividness, points = [], signal }: ColorizeOptions,
): SmallCopy {
  signal?.throwIfAborted();
  const full = { widthPx: image.width, heightPx: image.height };
  const small = smallSize(full, { sizePx });
  checkColorPoints(points, full);
  const copy = resizeArea({ data: image.bitmap, ...full, channels: 4 }, small);
  return {
    small,
    lightness: rgbToLightness(copy, 4),
    hints: points.length > 0 ? hintPlanes(points, { full, small }) : undefined,
    vividness: vividness ?? (network.palette && DEFAULT_VIVIDNESS),
  };
}

async function predictOne(
  model: Model,
  { lightness, small, vividness }: SmallCopy,
  hints: Float32Array | undefined,
): Promise<SmallPlanes> {
  const options = { ...(vividness !== undefined && { vividness }), ...(hints && { hints }) };
  const [planes] = await predictPlanes(model, lightness, { count: 1, ...small }, options);
  return planes!;
}
