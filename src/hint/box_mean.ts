import type { Size } from "./color_points.ts";

/**
 * Averages each pixel with those around it, in a square; beyond the picture there is nothing. The
 * time per pixel does not depend on the radius.
 * @param plane Shape [heightPx * widthPx].
 * @param options.radius Pixels to each side, a whole number; 0 leaves the plane as it is.
 */
export function boxMean(
  plane: Float32Array,
  { widthPx, heightPx, radius }: Size & { radius: number },
): Float32Array {
  if (radius === 0) return plane;
  const rows = meanAlong(plane, { length: widthPx, lines: heightPx, step: 1, radius });
  return meanAlong(rows, { length: heightPx, lines: widthPx, step: widthPx, radius });
}

/** Means along lines of values that lie `step` apart. */
function meanAlong(
  plane: Float32Array,
  { length, lines, step, radius }: { length: number; lines: number; step: number; radius: number },
): Float32Array {
  const means = new Float32Array(plane.length);
  const lineStep = step === 1 ? length : 1;
  for (let line = 0; line < lines; line++) {
    const start = line * lineStep;
    let sum = 0;
    for (let i = 0; i < Math.min(radius, length); i++) sum += plane[start + i * step]!;
    for (let i = 0; i < length; i++) {
      if (i + radius < length) sum += plane[start + (i + radius) * step]!;
      if (i - radius > 0) sum -= plane[start + (i - radius - 1) * step]!;
      const count = Math.min(length - 1, i + radius) - Math.max(0, i - radius) + 1;
      means[start + i * step] = sum / count;
    }
  }
  return means;
}
