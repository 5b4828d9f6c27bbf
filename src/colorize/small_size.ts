import type { SizePx } from "../image/resize.ts";

/**
 * The long side of the small copy is at most this many short sides: a strip of 1 x 5000 pixels must
 * not become one of 64 x 320,000.
 */
const MAX_ASPECT = 8;

/** Palettes predict one color for each 2x2 pixels. */
const SIDE_STEP = 2;

/**
 * The size of the copy that goes through the network: the picture's aspect, the short side `sizePx`,
 * both sides even. Beyond an aspect of 8 to 1 the long side is 8 * `sizePx` and the short one
 * follows, down to 2.
 * @param options.maxPixels A copy that would have more is smaller.
 * @throws {RangeError} When `sizePx` is not a positive whole number.
 */
export function smallSize(
  { widthPx, heightPx }: SizePx,
  { sizePx, maxPixels = Infinity }: { sizePx: number; maxPixels?: number | undefined },
): SizePx {
  if (!Number.isInteger(sizePx) || sizePx < 1) {
    throw new RangeError(`Cannot colorize: size must be a positive whole number, got ${sizePx}`);
  }
  const scale = Math.min(
    sizePx / Math.min(widthPx, heightPx),
    MAX_ASPECT * sizePx / Math.max(widthPx, heightPx),
  );
  const sides = (scale: number, round: (value: number) => number) => {
    const side = (px: number) => SIDE_STEP * Math.max(1, round(px * scale / SIDE_STEP));
    return { widthPx: side(widthPx), heightPx: side(heightPx) };
  };
  const small = sides(scale, Math.round);
  if (small.widthPx * small.heightPx <= maxPixels) return small;
  const less = sides(Math.min(scale, Math.sqrt(maxPixels / (widthPx * heightPx))), Math.floor);
  // A short side cannot get below one step: the long one makes up for it.
  const longest = SIDE_STEP * Math.floor(maxPixels / SIDE_STEP ** 2);
  return {
    widthPx: Math.min(less.widthPx, longest),
    heightPx: Math.min(less.heightPx, longest),
  };
}
