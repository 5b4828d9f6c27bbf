/** The 5x5 pixels around each pixel; beyond the picture its outermost pixels go on. */
import type { GrayPicture } from "./gray_picture.ts";

const RADIUS = 2;
const SIDE = 2 * RADIUS + 1;

/** Number of pixels of a neighborhood. */
export const NEIGHBORS: number = SIDE * SIDE;

/** What neighborhoods have in common with others. */
export interface NeighborhoodStatistics {
  /** Mean L*, shape [heightPx * widthPx]. */
  mean: Float32Array;
  /** Standard deviation of L*, shape [heightPx * widthPx]. */
  deviation: Float32Array;
}

/**
 * Measures the neighborhood of every pixel, by sums that move along: the time per pixel does not
 * depend on the neighborhood's size.
 */
export function neighborhoodStatistics(picture: GrayPicture): NeighborhoodStatistics {
  const { widthPx, heightPx, lightness } = picture;
  const mean = new Float32Array(lightness.length);
  const deviation = new Float32Array(lightness.length);
  const columns = { sums: new Float64Array(widthPx), squares: new Float64Array(widthPx) };
  const addRow = (y: number, sign: number) => {
    const start = Math.min(Math.max(y, 0), heightPx - 1) * widthPx;
    for (let x = 0; x < widthPx; x++) {
      const value = lightness[start + x]!;
      columns.sums[x]! += sign * value;
      columns.squares[x]! += sign * value * value;
    }
  };
  for (let y = -RADIUS; y < RADIUS; y++) addRow(y, 1);
  for (let y = 0; y < heightPx; y++) {
    addRow(y + RADIUS, 1);
    writeRow(columns, { start: y * widthPx, mean, deviation });
    addRow(y - RADIUS, -1);
  }
  return { mean, deviation };
}

/** Copies the neighborhood of one pixel, row by row. */
export function copyNeighborhood(
  { lightness, widthPx, heightPx }: GrayPicture,
  { x, y }: { x: number; y: number },
  values: Float32Array,
): void {
  for (let i = 0, row = y - RADIUS; row <= y + RADIUS; row++) {
    const start = Math.min(Math.max(row, 0), heightPx - 1) * widthPx;
    for (let column = x - RADIUS; column <= x + RADIUS; column++) {
      values[i++] = lightness[start + Math.min(Math.max(column, 0), widthPx - 1)]!;
    }
  }
}

function writeRow(
  { sums, squares }: { sums: Float64Array; squares: Float64Array },
  { start, mean, deviation }: NeighborhoodStatistics & { start: number },
): void {
  const last = sums.length - 1;
  let sum = 0, square = 0;
  const addColumn = (x: number, sign: number) => {
    const column = Math.min(Math.max(x, 0), last);
    sum += sign * sums[column]!;
    square += sign * squares[column]!;
  };
  for (let x = -RADIUS; x < RADIUS; x++) addColumn(x, 1);
  for (let x = 0; x <= last; x++) {
    addColumn(x + RADIUS, 1);
    const average = sum / NEIGHBORS;
    mean[start + x] = average;
    deviation[start + x] = Math.sqrt(Math.max(0, square / NEIGHBORS - average * average));
    addColumn(x - RADIUS, -1);
  }
}
