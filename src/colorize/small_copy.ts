import type { Image } from "imagescript";
import { rgbToLightness } from "../color/lab.ts";
import { checkColorPoints, type ColorPoint, hintPlanes } from "../hint/color_points.ts";
import { resizeArea, type SizePx } from "../image/resize.ts";
import { smallSize } from "./small_size.ts";

/** What a network sees of a picture. */
export interface SmallCopy {
  small: SizePx;
  /** L* of the copy, shape [small.heightPx * small.widthPx]. */
  lightness: Float32Array;
  /** Of the points, shape [small.heightPx * small.widthPx * 3]; undefined when there are none. */
  hints: Float32Array | undefined;
}

/**
 * Makes the copy of a picture that a network sees.
 * @param options.sizePx Its short side.
 * @param options.maxPixels A copy that would have more is smaller.
 * @param options.points Colors that are known at places of the picture.
 * @throws {RangeError} When the size or a point does not fit.
 */
export function makeSmallCopy(
  image: Image,
  { sizePx, maxPixels, points = [] }: {
    sizePx: number;
    maxPixels?: number | undefined;
    points?: readonly ColorPoint[] | undefined;
  },
): SmallCopy {
  const full = { widthPx: image.width, heightPx: image.height };
  const small = smallSize(full, { sizePx, maxPixels });
  checkColorPoints(points, full);
  const copy = resizeArea({ data: image.bitmap, ...full, channels: 4 }, small);
  return {
    small,
    lightness: rgbToLightness(copy, 4),
    hints: points.length > 0 ? hintPlanes(points, { full, small }) : undefined,
  };
}
