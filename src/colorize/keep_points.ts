import { abOfPoint, type ColorPoint, radiusOfPoint } from "../hint/color_points.ts";
import type { SizePx } from "../image/resize.ts";

/** L* that differs by this much from the point's is another thing: its correction falls to 1/e. */
const LIGHTNESS_SCALE = 12;

/**
 * Makes points keep their colors: a network follows hints, but not to the last unit. What a point's
 * pixel lacks is added around it, less with distance and where the lightness differs; in place.
 * @param planes L* and interleaved a*, b* of the picture.
 * @param options.reachPx How far corrections fade out beyond a point's own radius.
 */
export function keepPoints(
  { lightness, ab }: { lightness: Float32Array; ab: Float32Array },
  points: readonly ColorPoint[],
  { widthPx, heightPx, reachPx }: SizePx & { reachPx: number },
): void {
  for (const point of points) {
    const [x, y] = [Math.round(point.x), Math.round(point.y)];
    const own = y * widthPx + x;
    const [a, b] = abOfPoint(point);
    const [missingA, missingB] = [a - ab[2 * own]!, b - ab[2 * own + 1]!];
    const radius = radiusOfPoint(point, { widthPx, heightPx });
    const reach = Math.ceil(radius + reachPx);
    for (let row = Math.max(0, y - reach); row <= Math.min(heightPx - 1, y + reach); row++) {
      for (
        let column = Math.max(0, x - reach);
        column <= Math.min(widthPx - 1, x + reach);
        column++
      ) {
        const at = row * widthPx + column;
        const beyond = Math.max(0, Math.hypot(column - x, row - y) - radius) / reachPx;
        if (beyond >= 1) continue;
        const difference = (lightness[at]! - lightness[own]!) / LIGHTNESS_SCALE;
        const weight = (1 - beyond * beyond) ** 2 * Math.exp(-difference * difference);
        ab[2 * at]! += weight * missingA;
        ab[2 * at + 1]! += weight * missingB;
      }
    }
  }
}
