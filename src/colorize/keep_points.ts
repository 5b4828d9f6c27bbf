import { abOfPoint, type ColorPoint, radiusOfPoint } from "../hint/color_points.ts";
import type { SizePx } from "../image/resize.ts";

/** L* that differs by this much from the point's is another thing: its correction falls to 1/e. */
const LIGHTNESS_SCALE = 12;

/** Rows of a picture, some or all. */
interface Rows {
  firstRow: number;
  /** L* of the rows. */
  lightness: Float32Array;
  /** Interleaved a*, b* of the rows. */
  ab: Float32Array;
}

/** A point as a correction. */
export interface Correction {
  x: number;
  y: number;
  /** L* of its pixel, and a*, b* that the pixel lacks. */
  lightness: number;
  missing: [a: number, b: number];
  radius: number;
  reachPx: number;
}

/** L*, a* and b* of a pixel. */
export type LabPixel = [lightness: number, a: number, b: number];

/**
 * What colors lack of the points that a person gave: a network follows hints, but not to the last
 * unit. Of several points on one pixel the last counts.
 * @param options.reachPx How far corrections fade out beyond a point's own radius.
 * @param options.labAt The predicted color of a pixel.
 */
export function correctionsOf(
  points: readonly ColorPoint[],
  { widthPx, heightPx, reachPx, labAt }: SizePx & {
    reachPx: number;
    labAt: (x: number, y: number) => LabPixel;
  },
): Correction[] {
  const corrections = new Map<number, Correction>();
  for (const point of points) {
    const [x, y] = [Math.round(point.x), Math.round(point.y)];
    const [lightness, predictedA, predictedB] = labAt(x, y);
    const [a, b] = abOfPoint(point);
    corrections.set(y * widthPx + x, {
      ...{ x, y, reachPx, lightness },
      missing: [a - predictedA, b - predictedB],
      radius: radiusOfPoint(point, { widthPx, heightPx }),
    });
  }
  return [...corrections.values()];
}

/**
 * Makes points keep their colors: what a point's pixel lacks is added around it, less with distance
 * and where the lightness differs; in place. Where points reach each other the nearer one counts
 * more, and at a point's pixel it alone.
 * @param rows Of the picture, before any correction.
 * @see Shepard 1968, "A two-dimensional interpolation function for irregularly-spaced data".
 */
export function keepPoints(
  rows: Rows,
  corrections: readonly Correction[],
  { widthPx }: Pick<SizePx, "widthPx">,
): void {
  for (const correction of corrections) {
    const others = corrections.filter((other) => other !== correction && meet(correction, other));
    correct(rows, correction, { others, widthPx });
  }
}

function correct(
  { firstRow, lightness, ab }: Rows,
  correction: Correction,
  { others, widthPx }: { others: Correction[]; widthPx: number },
): void {
  const { x, y, missing: [missingA, missingB] } = correction;
  const reach = Math.ceil(reachOf(correction));
  const [left, right] = [Math.max(0, x - reach), Math.min(widthPx - 1, x + reach)];
  const lastRow = firstRow + lightness.length / widthPx - 1;
  for (let row = Math.max(firstRow, y - reach); row <= Math.min(lastRow, y + reach); row++) {
    for (let column = left; column <= right; column++) {
      const at = (row - firstRow) * widthPx + column;
      const pixel = { x: column, y: row, lightness: lightness[at]! };
      let weight = weightAt(correction, pixel);
      if (weight === 0) continue;
      if (others.length > 0) {
        const own = nearness(correction, pixel);
        weight *= own / others.reduce((sum, other) => sum + nearness(other, pixel), own);
      }
      ab[2 * at]! += weight * missingA;
      ab[2 * at + 1]! += weight * missingB;
    }
  }
}

type Pixel = Pick<Correction, "x" | "y" | "lightness">;

/** How much of a correction a pixel takes, 0..1. */
function weightAt(correction: Correction, pixel: Pixel): number {
  const { radius, reachPx } = correction;
  const beyond = Math.max(0, distance(correction, pixel) - radius) / reachPx;
  if (beyond >= 1) return 0;
  const difference = (pixel.lightness - correction.lightness) / LIGHTNESS_SCALE;
  return (1 - beyond * beyond) ** 2 * Math.exp(-difference * difference);
}

/** What a correction counts at a pixel beside others: at its own one all but everything. */
function nearness(correction: Correction, pixel: Pixel): number {
  return weightAt(correction, pixel) / (distance(correction, pixel) ** 2 + 1e-9);
}

function reachOf({ radius, reachPx }: Correction): number {
  return radius + reachPx;
}

function meet(one: Correction, other: Correction): boolean {
  return distance(one, other) < reachOf(one) + reachOf(other);
}

function distance(one: { x: number; y: number }, other: { x: number; y: number }): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
