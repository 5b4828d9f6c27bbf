/**
 * The 313 quantized ab classes of ECCV16: centers on a grid of step 10 that cover the sRGB gamut.
 * @see Zhang, Isola, Efros 2016, "Colorful Image Colorization", section 2.
 */

/** Distance of neighbouring bin centers, in ab units. */
export const BIN_STEP = 10;

/** Per a* from -90 to 100 the first and last b* of its run of centers; a hull of the gamut differs. */
const RUNS: readonly (readonly [number, number])[] = [
  [50, 90],
  [20, 90],
  [0, 90],
  [-20, 90],
  [-30, 100],
  [-40, 100],
  [-50, 100],
  [-50, 100],
  [-60, 100],
  [-70, 100],
  [-80, 90],
  [-80, 90],
  [-90, 90],
  [-100, 90],
  [-100, 80],
  [-110, 80],
  [-110, 80],
  [-110, 70],
  [-110, 70],
  [-90, 0],
];
const MIN_A = -90;

/** Interleaved a*, b* of the bin centers, sorted by a, then b, shape [313 * 2]. */
export const binCenters: Float32Array = Float32Array.from(
  RUNS.flatMap(([first, last], row) => {
    const count = (last - first) / BIN_STEP + 1;
    return Array.from({ length: count }, (_, i) => [
      MIN_A + BIN_STEP * row,
      first + BIN_STEP * i,
    ]).flat();
  }),
);

/** Number of bins, Q: 313. */
export const BIN_COUNT: number = binCenters.length / 2;

/** Index of the first bin of each run. */
const RUN_STARTS = RUNS.map((_, row) =>
  RUNS.slice(0, row).reduce((sum, [first, last]) => sum + (last - first) / BIN_STEP + 1, 0)
);

/**
 * Finds the bin whose center is nearest to a color.
 * @param a a*, any finite value.
 * @param b b*, any finite value.
 * @returns Index into `binCenters`, 0..312; halfway between two centers it is either.
 */
export function nearestBin(a: number, b: number): number {
  const row = Math.round((a - MIN_A) / BIN_STEP);
  const run = RUNS[row];
  const roundedB = BIN_STEP * Math.round(b / BIN_STEP);
  // The nearest point of the whole grid is the nearest center wherever the table has it.
  if (run && roundedB >= run[0] && roundedB <= run[1]) {
    return RUN_STARTS[row]! + (roundedB - run[0]) / BIN_STEP;
  }
  return searchBins(a, b);
}

/** The slow way, for the few colors outside the table. */
function searchBins(a: number, b: number): number {
  let nearest = 0;
  let nearestSquare = Infinity;
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const da = binCenters[2 * bin]! - a;
    const db = binCenters[2 * bin + 1]! - b;
    const square = da * da + db * db;
    if (square < nearestSquare) [nearest, nearestSquare] = [bin, square];
  }
  return nearest;
}
