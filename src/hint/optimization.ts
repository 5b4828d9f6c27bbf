import { type BandedMatrix, factorBanded, solveBanded } from "./banded_cholesky.ts";
import { solveConjugateGradients } from "./conjugate_gradients.ts";
import { gradientOf, type LevinRows, levinRows, NEIGHBORS, residualsOf } from "./levin_rows.ts";
import { checkSeeds, setSeeds, type SpreadOptions } from "./seeds.ts";

/** Relative residual of the normal equations at which a plane is solved. */
const TOLERANCE = 1e-8;
/** The factors are exact but for rounding: some steps are enough. */
const MAX_STEPS = 100;

/**
 * Spreads given colors over a picture so that each pixel is as near as can be to the weighted mean
 * of its neighbors, which weigh more the more alike they are: the smallest sum of squares over all
 * pixels. Given ones have exactly their colors. Both planes are solved by conjugate gradients to a
 * relative residual of 1e-8, preconditioned by a banded Cholesky factorization, which takes
 * 2 * short^3 * long multiplications and 16 * short^2 * long bytes. Least squares may swing beyond
 * the colors given; that is cut off.
 * @param lightness L*, 0..100, shape [heightPx * widthPx].
 * @returns Interleaved a*, b*, shape [heightPx * widthPx * 2].
 * @throws {RangeError} When there is no seed, or one lies outside, or a length does not fit.
 * @throws {Error} When the residual stays larger.
 * @see Levin, Lischinski and Weiss 2004, "Colorization using optimization".
 */
export function spreadOptimized(
  lightness: Float32Array,
  { seeds, ...size }: SpreadOptions,
): Float32Array {
  checkSeeds(seeds, { lightness, ...size });
  const ab = solve(lightness, { ...size, seeds });
  setSeeds(ab, seeds);
  return ab;
}

/** Solves for both planes, with rows along the shorter side: the band is as wide as two of them. */
function solve(
  lightness: Float32Array,
  { seeds, widthPx, heightPx }: SpreadOptions,
): Float32Array {
  const isWide = widthPx > heightPx;
  const placeOf = (pixel: number) =>
    isWide ? pixel % widthPx * heightPx + Math.floor(pixel / widthPx) : pixel;
  const size = isWide ? { widthPx: heightPx, heightPx: widthPx } : { widthPx, heightPx };
  const turned = new Float32Array(lightness.length);
  lightness.forEach((value, pixel) => turned[placeOf(pixel)] = value);
  const rows = levinRows(turned, size);
  const isGiven = new Uint8Array(lightness.length);
  for (const pixel of seeds.pixels) isGiven[placeOf(pixel)] = 1;
  const matrix = normalMatrix(rows, isGiven, size.widthPx);
  factorBanded(matrix);
  const ab = new Float32Array(2 * lightness.length);
  for (const offset of [0, 1]) {
    const start = new Float64Array(lightness.length);
    seeds.pixels.forEach((pixel, i) => start[placeOf(pixel)] = seeds.ab[2 * i + offset]!);
    const plane = solvePlane({ rows, isGiven, matrix }, start);
    const given = seeds.ab.filter((_, i) => i % 2 === offset).sort();
    const [least, most] = [given[0]!, given.at(-1)!];
    for (let pixel = 0; pixel < lightness.length; pixel++) {
      ab[2 * pixel + offset] = Math.min(most, Math.max(least, plane[placeOf(pixel)]!));
    }
  }
  return ab;
}

/** @param start The given values, 0 elsewhere. */
function solvePlane(
  { rows, isGiven, matrix }: { rows: LevinRows; isGiven: Uint8Array; matrix: BandedMatrix },
  start: Float64Array,
): Float64Array {
  const free = (values: Float64Array) => values.map((value, i) => isGiven[i] ? 0 : value);
  const multiply = (values: Float64Array) => free(gradientOf(rows, residualsOf(rows, values)));
  const changes = solveConjugateGradients({
    multiply,
    precondition: (values) => solveBanded(matrix, values),
    rightSide: multiply(start).map((value) => -value),
  }, { tolerance: TOLERANCE, maxSteps: MAX_STEPS });
  return changes.map((value, i) => start[i]! + value);
}

/** The matrix A^T A of the normal equations; given pixels have rows and columns of the identity. */
function normalMatrix(
  { weights, steps }: LevinRows,
  isGiven: Uint8Array,
  widthPx: number,
): BandedMatrix {
  const size = isGiven.length;
  const band = Math.min(size - 1, 2 * widthPx + 2);
  const rows = new Float64Array(size * (band + 1));
  const add = (one: number, other: number, value: number) => {
    if (one >= other) rows[one * (band + 1) + band + other - one]! += value;
  };
  for (let pixel = 0; pixel < size; pixel++) {
    const places = [pixel], values = [1];
    for (let k = 0; k < NEIGHBORS; k++) {
      const weight = weights[NEIGHBORS * pixel + k]!;
      if (weight === 0) continue;
      places.push(pixel + steps[k]!);
      values.push(-weight);
    }
    places.forEach((one, i) => {
      if (isGiven[one]) return;
      places.forEach((other, j) => {
        if (!isGiven[other]) add(one, other, values[i]! * values[j]!);
      });
    });
    if (isGiven[pixel]) add(pixel, pixel, 1);
  }
  return { size, band, rows };
}
