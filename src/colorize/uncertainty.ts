/** What a model does not know of a picture, for people: a map, and the colors a place may have. */
import { Image } from "imagescript";
import { labToRgba, rgbToLightness } from "../color/lab.ts";
import { checkColorPoints } from "../hint/color_points.ts";
import { type SizePx, upsamplePlanesBilinear } from "../image/resize.ts";
import { type ColorizeOptions, copyFor } from "./colorize_image.ts";
import {
  type ColorDistribution,
  predictDistribution,
  suggestColors,
  uncertaintyOf,
} from "./distribution.ts";
import { fitGamut } from "./fit_gamut.ts";
import type { Model } from "./model.ts";
import type { SmallCopy } from "./small_copy.ts";

/** A color that a place of a picture may have. */
export interface SuggestedColor {
  /** As it looks at the place's lightness. */
  rgb: [number, number, number];
  /** How likely the model holds colors like this one, 0..1. */
  share: number;
}

const MAX_BYTE = 255;

/**
 * Draws how unsure a model is of each pixel: black where it is sure, white where every color is
 * equally likely.
 * @returns A gray picture of the same size.
 * @throws {RangeError} When the model predicts colors alone, or an option does not fit.
 */
export async function drawUncertainty(
  image: Image,
  model: Model,
  options: ColorizeOptions = {},
): Promise<Image> {
  const distribution = await distributionOf(model, copyFor(model, image, options));
  const { widthPx, heightPx } = distribution;
  const full = { widthPx: image.width, heightPx: image.height };
  const size = { widthPx, heightPx, channels: 1 };
  const uncertainty = upsamplePlanesBilinear(uncertaintyOf(distribution), size, full);
  const map = new Image(image.width, image.height);
  uncertainty.forEach((value, at) => {
    const gray = Math.round(value * MAX_BYTE);
    map.bitmap.set([gray, gray, gray, MAX_BYTE], 4 * at);
  });
  return map;
}

/**
 * Suggests colors for a pixel: the modes of its distribution.
 * @param place Where, and how many at most.
 * @returns The likeliest first.
 * @throws {RangeError} When the place is outside the picture, or as `drawUncertainty`.
 */
export async function suggestAt(
  image: Image,
  model: Model,
  { x, y, count, ...options }: ColorizeOptions & { x: number; y: number; count: number },
): Promise<SuggestedColor[]> {
  checkColorPoints([{ x, y, rgb: [0, 0, 0] }], { widthPx: image.width, heightPx: image.height });
  const at = 4 * (Math.round(y) * image.width + Math.round(x));
  const [lightness] = rgbToLightness(image.bitmap.subarray(at, at + 4), 4);
  const place = { x: (x + 0.5) / image.width, y: (y + 0.5) / image.height };
  return await suggestInCopy(model, copyFor(model, image, options), {
    ...place,
    count,
    lightness: lightness!,
  });
}

/**
 * Suggests colors for a place of a picture of which only the small copy is at hand.
 * @param place As parts of the sides, 0..1; `lightness` is that of the copy when left out.
 * @returns The likeliest first.
 * @throws {RangeError} When the model predicts colors alone.
 */
export async function suggestInCopy(
  model: Model,
  copy: SmallCopy,
  { x, y, count, lightness = lightnessIn(copy, { x, y }) }: {
    x: number;
    y: number;
    count: number;
    lightness?: number;
  },
): Promise<SuggestedColor[]> {
  const distribution = await distributionOf(model, copy);
  const { widthPx, heightPx } = distribution;
  const modes = suggestColors(distribution, { ...pixelAt({ x, y }, { widthPx, heightPx }), count });
  const planes = {
    lightness: new Float32Array(modes.length).fill(lightness),
    ab: Float32Array.from(modes.flatMap(({ a, b }) => [a, b])),
  };
  fitGamut(planes);
  const rgba = new Uint8ClampedArray(4 * modes.length);
  labToRgba(planes, rgba);
  return modes.map(({ share }, i) => ({
    rgb: [rgba[4 * i]!, rgba[4 * i + 1]!, rgba[4 * i + 2]!],
    share,
  }));
}

function lightnessIn({ lightness, small }: SmallCopy, place: { x: number; y: number }): number {
  const { x, y } = pixelAt(place, small);
  return lightness[y * small.widthPx + x]!;
}

function pixelAt({ x, y }: { x: number; y: number }, { widthPx, heightPx }: SizePx) {
  const along = (part: number, side: number) => Math.min(side - 1, Math.floor(part * side));
  return { x: along(x, widthPx), y: along(y, heightPx) };
}

async function distributionOf(
  model: Model,
  { lightness, small, hints, closer }: SmallCopy,
): Promise<ColorDistribution> {
  return await predictDistribution(model, lightness, { ...small, hints, closer });
}
