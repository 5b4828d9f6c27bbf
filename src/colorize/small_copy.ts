import type { Image } from "imagescript";
import { rgbToLightness } from "../color/lab.ts";
import { checkColorPoints, type ColorPoint, hintPlanes } from "../hint/color_points.ts";
import { resizeArea, type SizePx } from "../image/resize.ts";
import { CLOSER, closerSize } from "./looks.ts";
import { smallSize } from "./small_size.ts";

/** What a network sees of a picture. */
export interface SmallCopy {
  small: SizePx;
  /** L* of the copy, shape [small.heightPx * small.widthPx]. */
  lightness: Float32Array;
  /** Of the points, shape [small.heightPx * small.widthPx * 3]; undefined when there are none. */
  hints: Float32Array | undefined;
  /** L* with more detail at the scales of `CLOSER`, of the sizes of `closerSize`; undefined without. */
  closer?: readonly Float32Array[] | undefined;
}

/**
 * Makes the copy of a picture that a network sees.
 * @param options.sizePx Its short side.
 * @param options.closer Whether to prepare closer looks, too; there are none at pictures that have no
 * more detail to show, nor where one would have more than `maxPixels`.
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
  const near = CLOSER.map((scale) => closerSize(small, scale));
  const showsMore = near.every(({ widthPx, heightPx }) =>
    widthPx <= full.widthPx && heightPx <= full.heightPx && widthPx * heightPx <= maxPixels
  );
  return {
    small,
    lightness: lightnessAt(small),
    hints: points.length > 0 ? hintPlanes(points, { full, small }) : undefined,
    closer: closer && showsMore ? near.map(lightnessAt) : undefined,
  };
}
