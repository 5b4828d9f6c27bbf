/**
 * The ab bins that networks predict: those of the 313 that sRGB colors reach. The other 52 are never
 * the nearest bin of any of the 16,777,216 8-bit colors, so a network would only learn not to use
 * them, at a sixth more work in its largest layer.
 */
import { BIN_STEP, nearestBin } from "./ab_bins.ts";
import { smoothAbPrior, TRAINING_AB_COUNTS } from "./ab_prior.ts";

/** Per a* from -90 to 100 the first and last b* of its run of centers; the gamut is convex enough. */
const RUNS: readonly (readonly [number, number])[] = [
  [80, 80],
  [40, 80],
  [20, 90],
  [0, 90],
  [-20, 90],
  [-30, 90],
  [-40, 90],
  [-40, 90],
  [-50, 90],
  [-60, 90],
  [-70, 80],
  [-70, 80],
  [-80, 80],
  [-90, 80],
  [-90, 70],
  [-100, 70],
  [-110, 70],
  [-110, 70],
  [-90, 0],
  [-70, -50],
];
const MIN_A = -90;

/** Interleaved a*, b* of the centers, sorted by a, then b, shape [261 * 2]. */
export const gamutBinCenters: Float32Array = Float32Array.from(
  RUNS.flatMap(([first, last], row) =>
    Array.from({ length: (last - first) / BIN_STEP + 1 }, (_, i) => [
      MIN_A + BIN_STEP * row,
      first + BIN_STEP * i,
    ]).flat()
  ),
);

/** Number of bins, Q: 261. */
export const GAMUT_BIN_COUNT: number = gamutBinCenters.length / 2;

/** The bins as indices into the 313 `binCenters`, shape [261]. */
export const gamutBins: Uint16Array = Uint16Array.from(
  { length: GAMUT_BIN_COUNT },
  (_, bin) => nearestBin(gamutBinCenters[2 * bin]!, gamutBinCenters[2 * bin + 1]!),
);

/**
 * The smoothed distribution of colors of the training images over the bins.
 * @returns Shares, shape [261], all above 0, with sum 1.
 */
export function trainingGamutPrior(): Float64Array {
  const smooth = smoothAbPrior(TRAINING_AB_COUNTS);
  const prior = Float64Array.from(gamutBins, (bin) => smooth[bin]!);
  const sum = prior.reduce((total, share) => total + share, 0);
  return prior.map((share) => share / sum);
}
