/** What a network is taught of a color: not one bin, but the nearest ones and their weights. */
import { gamutBinCenters } from "./gamut_bins.ts";
import { AB_RANGE } from "./normalize.ts";

/** Bins that a color is spread over, K. */
export const SOFT_BIN_COUNT = 5;

/** Sigma of the Gaussian weights, in ab units. */
const SIGMA = 5;

/** Bins and weights of colors. */
export interface SoftBins {
  /** Indices of the K nearest bins, nearest first, shape [.., K]. */
  bins: Int32Array;
  /** Weights of those bins, with sum 1, shape [.., K]. */
  weights: Float32Array;
}

/**
 * Finds the nearest bins of colors and weights them by a Gaussian of their distance. Colors are
 * rounded to whole units of a* and b*, a tenth of the distance between bins.
 * @param ab Interleaved a*, b*, shape [N * 2]; colors outside the sRGB range count as its border.
 * @param centers Interleaved a*, b* of the bins, those of `gamutBinCenters` unless told.
 * @returns Shape [N, K].
 * @see Zhang, Isola, Efros 2016, "Colorful Image Colorization", section 2.2.
 */
export function softBinsOf(ab: Float32Array, centers: Float32Array = gamutBinCenters): SoftBins {
  const count = ab.length / 2;
  const bins = new Int32Array(count * SOFT_BIN_COUNT);
  const weights = new Float32Array(count * SOFT_BIN_COUNT);
  const { bins: tableBins, weights: tableWeights } = tableOf(centers);
  for (let i = 0, to = 0; i < count; i++) {
    const a = clamp(Math.round(ab[2 * i]!), MIN_A, MAX_A) - MIN_A;
    const b = clamp(Math.round(ab[2 * i + 1]!), MIN_B, MAX_B) - MIN_B;
    const from = (a * B_COUNT + b) * SOFT_BIN_COUNT;
    for (let k = 0; k < SOFT_BIN_COUNT; k++, to++) {
      bins[to] = tableBins[from + k]!;
      weights[to] = tableWeights[from + k]!;
    }
  }
  return { bins, weights };
}

const MIN_A = Math.floor(AB_RANGE.minA), MAX_A = Math.ceil(AB_RANGE.maxA);
const MIN_B = Math.floor(AB_RANGE.minB), MAX_B = Math.ceil(AB_RANGE.maxB);
const B_COUNT = MAX_B - MIN_B + 1;

/** Bins and weights of each whole color of the range; made at first use, in some 50 ms. */
const tables = new Map<Float32Array, SoftBins>();

function tableOf(centers: Float32Array): SoftBins {
  const table = tables.get(centers) ?? makeTable(centers);
  tables.set(centers, table);
  return table;
}

function makeTable(centers: Float32Array): SoftBins {
  const colors = (MAX_A - MIN_A + 1) * B_COUNT;
  const made = {
    bins: new Int32Array(colors * SOFT_BIN_COUNT),
    weights: new Float32Array(colors * SOFT_BIN_COUNT),
  };
  for (let i = 0; i < colors; i++) {
    const color = [MIN_A + Math.floor(i / B_COUNT), MIN_B + i % B_COUNT] as const;
    const nearest = nearestBins(color, centers);
    const shares = nearest.map(({ square }) => Math.exp(-square / (2 * SIGMA ** 2)));
    const sum = shares.reduce((total, share) => total + share, 0);
    made.bins.set(nearest.map(({ bin }) => bin), i * SOFT_BIN_COUNT);
    made.weights.set(shares.map((share) => share / sum), i * SOFT_BIN_COUNT);
  }
  return made;
}

/** The K nearest bins of a color, nearest first; of equals the one with the smaller index. */
function nearestBins(
  [a, b]: readonly [number, number],
  centers: Float32Array,
): { bin: number; square: number }[] {
  const nearest: { bin: number; square: number }[] = [];
  for (let bin = 0; bin < centers.length / 2; bin++) {
    const square = (centers[2 * bin]! - a) ** 2 + (centers[2 * bin + 1]! - b) ** 2;
    let place = nearest.length;
    while (place > 0 && nearest[place - 1]!.square > square) place--;
    if (place === SOFT_BIN_COUNT) continue;
    nearest.splice(place, 0, { bin, square });
    if (nearest.length > SOFT_BIN_COUNT) nearest.pop();
  }
  return nearest;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
