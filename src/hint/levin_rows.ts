import type { Size } from "./color_points.ts";

/** Neighbors of a pixel: the 3x3 window without it. */
export const NEIGHBORS = 8;
const DX = [-1, 0, 1, -1, 1, -1, 0, 1];
const DY = [-1, -1, -1, 0, 0, 1, 1, 1];

/** Of the variance in a window: what neighbors may differ by and still count. */
const VARIANCE_PART = 0.6;
/** The neighbor that is most alike weighs at least this much, before weights are divided. */
const LEAST_WEIGHT = 0.01;
/** Of the lightness, 0..1, squared. */
const LEAST_VARIANCE = 2e-6;

/** For each pixel the equation that it has the weighted mean of its neighbors' values. */
export interface LevinRows {
  /** Weights of the neighbors, 0 outside the picture, else their sum is 1; shape [H * W * 8]. */
  weights: Float64Array;
  /** Steps to the neighbors' indexes, in the order of the weights. */
  steps: Int32Array;
}

/**
 * Weighs neighbors by how alike they are: exp(-(Y_r - Y_s)^2 / sigma_r), sigma_r being 0.6 of the
 * variance in the window of r, and at least so much that one neighbor counts.
 * @param lightness L*, 0..100, shape [heightPx * widthPx].
 * @returns 8 weights of each pixel, 0 beyond the picture, those of a pixel 1 together.
 * @see Levin, Lischinski and Weiss 2004, "Colorization using optimization"; the bounds of sigma are
 * those of the authors' program.
 */
export function levinRows(lightness: Float32Array, { widthPx, heightPx }: Size): LevinRows {
  const weights = new Float64Array(NEIGHBORS * lightness.length);
  const steps = Int32Array.from(DX, (dx, k) => DY[k]! * widthPx + dx);
  const differences = new Float64Array(NEIGHBORS);
  for (let y = 0, pixel = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, pixel++) {
      for (let k = 0; k < NEIGHBORS; k++) {
        const [column, row] = [x + DX[k]!, y + DY[k]!];
        const isInside = column >= 0 && row >= 0 && column < widthPx && row < heightPx;
        differences[k] = isInside ? (lightness[pixel + steps[k]!]! - lightness[pixel]!) / 100 : NaN;
      }
      weights.set(weightsOf(differences), NEIGHBORS * pixel);
    }
  }
  return { weights, steps };
}

/** What values lack of the means of their neighbors' values: A u. */
export function residualsOf({ weights, steps }: LevinRows, values: Float64Array): Float64Array {
  const residuals = values.slice();
  for (let pixel = 0, at = 0; pixel < values.length; pixel++) {
    for (let k = 0; k < NEIGHBORS; k++, at++) {
      const weight = weights[at]!;
      if (weight !== 0) residuals[pixel]! -= weight * values[pixel + steps[k]!]!;
    }
  }
  return residuals;
}

/** Half the gradient of the sum of squared residuals: A^T r. */
export function gradientOf({ weights, steps }: LevinRows, residuals: Float64Array): Float64Array {
  const gradient = residuals.slice();
  for (let pixel = 0, at = 0; pixel < residuals.length; pixel++) {
    for (let k = 0; k < NEIGHBORS; k++, at++) {
      const weight = weights[at]!;
      if (weight !== 0) gradient[pixel + steps[k]!]! -= weight * residuals[pixel]!;
    }
  }
  return gradient;
}

/** Weights that sum to 1 for differences of lightness, NaN outside the picture. */
function weightsOf(differences: Float64Array): Float64Array {
  let count = 1, sum = 0, squares = 0, least = Infinity;
  for (const difference of differences) {
    if (Number.isNaN(difference)) continue;
    count++;
    sum += difference;
    squares += difference ** 2;
    least = Math.min(least, difference ** 2);
  }
  const variance = squares / count - (sum / count) ** 2;
  const sigma = Math.max(
    VARIANCE_PART * variance,
    -least / Math.log(LEAST_WEIGHT),
    LEAST_VARIANCE,
  );
  const weights = differences.map((difference) =>
    Number.isNaN(difference) ? 0 : Math.exp(-(difference ** 2) / sigma)
  );
  const total = weights.reduce((all, weight) => all + weight, 0);
  return total === 0 ? weights : weights.map((weight) => weight / total);
}
