import type { Image } from "imagescript";
import { labToRgba, rgbToLab } from "../color/lab.ts";
import { resizeArea } from "../image/resize.ts";
import { upsampleEdgeAware } from "./edge_aware_upsample.ts";
import type { Model } from "./model.ts";
import { fitGamut } from "./fit_gamut.ts";
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
  /** Stops before the next stage. */
  signal?: AbortSignal;
}

/**
 * Colorizes a picture of any size: L* is kept at full resolution, the colors come from a small copy.
 * The copy is averaged in 8-bit sRGB and only then turned into L*, as the training images were.
 * On a GPU, check the device for errors afterwards.
 * @returns A new picture of the same size with the same alpha.
 * @throws {RangeError} When the size is not a positive whole number, or vividness is outside 0..1 or
 * given to a model that takes none.
 * @throws {DOMException} `AbortError`, when the signal asked to stop.
 */
export async function colorizeImage(
  image: Image,
  model: Model,
  { sizePx = DEFAULT_SIZE_PX, vividness, signal }: ColorizeOptions = {},
): Promise<Image> {
  signal?.throwIfAborted();
  const full = { widthPx: image.width, heightPx: image.height };
  const small = smallSize(full, { sizePx, sizeMultiple: model.network.sizeMultiple });
  const copy = resizeArea({ data: image.bitmap, ...full, channels: 4 }, small);
  const shape = { count: 1, ...small };
  const wanted = vividness ?? (model.network.palette && DEFAULT_VIVIDNESS);
  const options = wanted === undefined ? {} : { vividness: wanted };
  const [planes] = await predictPlanes(model, rgbToLab(copy, 4).lightness, shape, options);
  signal?.throwIfAborted();
  const { lightness } = rgbToLab(image.bitmap, 4);
  const ab = upsampleEdgeAware(planes!, lightness, full);
  fitGamut({ lightness, ab });
  const colorized = image.clone(); // keeps the alpha
  labToRgba({ lightness, ab }, colorized.bitmap);
  return colorized;
}
