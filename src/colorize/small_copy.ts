import type { Image } from "imagescript";
import { rgbToLightness } from "../color/lab.ts";
import { checkColorPoints, type ColorPoint, hintPlanes } from "../hint/color_points.ts";
import { resizeArea, type SizePx } from "../image/resize.ts";
import { CLOSER } from "./looks.ts";
import { smallSize } from "./small_size.ts";

/** What a network sees of a picture. */
export interface SmallCopy {
  small: SizePx;
  /** L* of the copy, shape [small.heightPx * small.widthPx]. */
  lightness: Float32Array;
  /** Of the points, shape [small.heightPx * small.widthPx * 3]; undefined when there are none. */
  hints: Float32Array | undefined;
  /** L* with twice the sides, shape [4 * small.heightPx * small.widthPx]; undefined without. */
  closer?: Float32Array | undefined;
}

/**
 * Makes the copy of a picture that a network sees.
 * @param options.sizePx Its short side.
 * @param options.closer Whether to prepare a closer look, too; there is none at pictures that have
 * no more detail to show, nor where it would have more than `maxPixels`.
 * @param options.maxPixels A copy that would have more is smaller.
 * @param options.points Colors that are known at places of the picture.
 * @throws {RangeError} When the size or a point does not fit.
 */
export function makeSmallCopy(
  image: Image,
  { sizePx, closer = false, maxPixels = Infinity, points = [] }: {
    sizePx: number;
    closer?: boolean | undefined;
    maxPixels?: number | undefined;
    points?: readonly ColorPoint[] | undefined;
  },
): SmallCopy {
  const full = { widthPx: image.width, heightPx: image.height };
  const small = smallSize(full, { sizePx, maxPixels });
  checkColorPoints(points, full);
  const lightnessAt = (size: SizePx) =>
    rgbToLightness(resizeArea({ data: image.bitmap, ...full, channels: 4 }, size), 4);
  const near = { widthPx: CLOSER * small.widthPx, heightPx: CLOSER * small.heightPx };
  const showsMore = near.widthPx <= full.widthPx && near.heightPx <= full.heightPx &&
    near.widthPx * near.heightPx <= maxPixels;
  return {
    small,
    lightness: lightnessAt(small),
    hints: points.length > 0 ? hintPlanes(points, { full, small }) : undefined,
    closer: closer && showsMore ? lightnessAt(near) : undefined,
  };
}
