/** The colors that a distribution over ab bins suggests. */

/** One of several colors that are plausible for a pixel. */
export interface AbMode {
  a: number;
  b: number;
  /** Share of the distribution around this color; those of all modes sum up to at most 1. */
  share: number;
}

/** Bins within this many ab units of a mode belong to it: two modes are two colors to the eye. */
const REACH = 25;
/** Sigma, in ab units, of the Gaussian that smooths the distribution before its peaks are sought. */
const SMOOTHING_SIGMA = 10;
/** Less than this is noise. */
const LEAST_SHARE = 0.01;

/**
 * Finds the modes of a distribution: the highest peak of the smoothed distribution and what lies
 * around it, then the highest of what is left.
 * @param shares Distribution over bins, shape [Q].
 * @param options.centers Interleaved a*, b* of the bins, shape [Q * 2].
 * @param options.count At most so many.
 * @returns Means of the bins around each peak, the largest share first.
 */
export function abModes(
  shares: ArrayLike<number>,
  { centers, count }: { centers: ArrayLike<number>; count: number },
): AbMode[] {
  const bins = shares.length;
  const free = new Array<boolean>(bins).fill(true);
  const modes: AbMode[] = [];
  const density = smoothed(shares, centers);
  while (modes.length < count) {
    let peak = -1;
    for (let bin = 0; bin < bins; bin++) {
      if (free[bin] && (peak < 0 || density[bin]! > density[peak]!)) peak = bin;
    }
    if (peak < 0) break;
    const mode = { a: 0, b: 0, share: 0 };
    for (let bin = 0; bin < bins; bin++) {
      if (!free[bin] || distance(centers, bin, peak) > REACH) continue;
      free[bin] = false;
      mode.a += shares[bin]! * centers[2 * bin]!;
      mode.b += shares[bin]! * centers[2 * bin + 1]!;
      mode.share += shares[bin]!;
    }
    if (mode.share < LEAST_SHARE) break;
    modes.push({ a: mode.a / mode.share, b: mode.b / mode.share, share: mode.share });
  }
  return modes.sort((one, other) => other.share - one.share);
}

function smoothed(shares: ArrayLike<number>, centers: ArrayLike<number>): Float64Array {
  const density = new Float64Array(shares.length);
  for (let from = 0; from < shares.length; from++) {
    if (shares[from]! < 1e-4) continue;
    for (let to = 0; to < shares.length; to++) {
      const away = distance(centers, from, to) / SMOOTHING_SIGMA;
      density[to]! += shares[from]! * Math.exp(-away * away / 2);
    }
  }
  return density;
}

function distance(centers: ArrayLike<number>, one: number, other: number): number {
  return Math.hypot(
    centers[2 * one]! - centers[2 * other]!,
    centers[2 * one + 1]! - centers[2 * other + 1]!,
  );
}
