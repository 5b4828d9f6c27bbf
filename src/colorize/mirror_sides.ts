/** Networks take sides that divide by a multiple; pictures of other sides are mirrored beyond them. */
import type { SizePx } from "../image/resize.ts";

/** Interleaved values of several pictures of one size. */
export interface PlaneShape extends SizePx {
  count: number;
  channels: number;
}

/** The smallest sides of at least a picture's that divide by `multiple`. */
export function paddedSize({ widthPx, heightPx }: SizePx, multiple: number): SizePx {
  const side = (px: number) => multiple * Math.ceil(px / multiple);
  return { widthPx: side(widthPx), heightPx: side(heightPx) };
}

/**
 * Gives pictures other sides without resizing them: beyond the right and the bottom side it goes on
 * with the mirrored picture, as often as it takes; what is too much is cut off there.
 * @param values Shape [count * heightPx * widthPx * channels].
 * @returns Shape [count * to.heightPx * to.widthPx * channels]; `values` itself when the sides fit.
 */
export function mirrorSides(
  values: Float32Array,
  { count, channels, widthPx, heightPx }: PlaneShape,
  to: SizePx,
): Float32Array {
  if (widthPx === to.widthPx && heightPx === to.heightPx) return values;
  const copied = new Float32Array(count * to.heightPx * to.widthPx * channels);
  const columns = Array.from({ length: to.widthPx }, (_, x) => channels * mirrored(x, widthPx));
  let at = 0;
  for (let row = 0; row < count * to.heightPx; row++) {
    const picture = Math.floor(row / to.heightPx);
    const y = mirrored(row % to.heightPx, heightPx);
    const start = (picture * heightPx + y) * widthPx * channels;
    for (const column of columns) {
      for (let i = start + column; i < start + column + channels; i++) copied[at++] = values[i]!;
    }
  }
  return copied;
}

/** 0, 1 .. n - 1, n - 1 .. 1, 0, 0, 1 .. */
function mirrored(position: number, side: number): number {
  const inPeriod = position % (2 * side);
  return inPeriod < side ? inPeriod : 2 * side - 1 - inPeriod;
}
