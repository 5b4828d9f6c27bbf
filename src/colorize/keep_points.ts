import { abOfPoint, type ColorPoint, radiusOfPoint } from "../hint/color_points.ts";
import type { SizePx } from "../image/resize.ts";

/** L* that differs by this much from the point's is another thing: its correction falls to 1/e. */
const LIGHTNESS_SCALE = 12;

/** Planes of a picture. */
interface Planes {
  lightness: Float32Array;
  ab: Float32Array;
}

/** A point as a correction. */
interface Correction {
  x: number;
  y: number;
  /** L* of its pixel, and a*, b* that the pixel lacks. */
  lightness: number;
  missing: [a: number, b: number];
  radius: number;
  reachPx: number;
}

/**
 * Makes points keep their colors: a network follows hints, but not to the last unit. What a point's
 * pixel lacks is added around it, less with distance and where the lightness differs; in place.
 * Where points reach each other the nearer one counts more, and at a point's pixel it alone; of
 * several on one pixel the last.
 * @param planes L* and interleaved a*, b* of the picture.
 * @param options.reachPx How far corrections fade out beyond a point's own radius.
 * @see Shepard 1968, "A two-dimensional interpolation function for irregularly-spaced data".
 */
export function keepPoints(
  planes: Planes,
  points: readonly ColorPoint[],
  { widthPx, heightPx, reachPx }: SizePx & { reachPx: number },
): void {
  const size = { widthPx, heightPx };
  const corrections = new Map<number, Correction>();
  for (const point of points) {
    const own = Math.round(point.y) * widthPx + Math.round(point.x);
    corrections.set(own, correctionOf(planes, point, { ...size, reachPx }));
  }
  for (const correction of corrections.values()) {
    const others = [...corrections.values()].filter((other) =>
      other !== correction && meet(correction, other)
    );
    correct(planes, correction, { ...size, others });
  }
}

function correctionOf(
  { lightness, ab }: Planes,
  point: ColorPoint,
  { widthPx, heightPx, reachPx }: SizePx & { reachPx: number },
): Correction {
  const [x, y] = [Math.round(point.x), Math.round(point.y)];
  const own = y * widthPx + x;
  const [a, b] = abOfPoint(point);
  return {
    ...{ x, y, reachPx },
    lightness: lightness[own]!,
    missing: [a - ab[2 * own]!, b - ab[2 * own + 1]!],
    radius: radiusOfPoint(point, { widthPx, heightPx }),
  };
}

function correct(
  { lightness, ab }: Planes,
  correction: Correction,
  { others, widthPx, heightPx }: SizePx & { others: Correction[] },
): void {
  const { x, y, missing: [missingA, missingB] } = correction;
  const reach = Math.ceil(reachOf(correction));
  const [left, right] = [Math.max(0, x - reach), Math.min(widthPx - 1, x + reach)];
  for (let row = Math.max(0, y - reach); row <= Math.min(heightPx - 1, y + reach); row++) {
    for (let column = left; column <= right; column++) {
      const pixel = { x: column, y: row, lightness: lightness[row * widthPx + column]! };
      let weight = weightAt(correction, pixel);
      if (weight === 0) continue;
      if (others.length > 0) {
        const own = nearness(correction, pixel);
        weight *= own / others.reduce((sum, other) => sum + nearness(other, pixel), own);
      }
      ab[2 * (row * widthPx + column)]! += weight * missingA;
      ab[2 * (row * widthPx + column) + 1]! += weight * missingB;
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
