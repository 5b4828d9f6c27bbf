/**
 * How far the colors of two pictures differ as a whole, wherever they lie: the earth mover's distance
 * of their ab histograms, sliced. The pixels are projected on directions of the ab plane; of two
 * histograms on a line that distance is the area between their cumulative sums,
 * W(p, q) = integral |P(t) - Q(t)| dt. The result is the mean of W over the directions.
 * @see Rubner, Tomasi, Guibas 2000, "The Earth Mover's Distance as a Metric for Image Retrieval";
 * Bonneel, Rabin, Peyre, Pfister 2015, "Sliced and Radon Wasserstein Barycenters of Measures".
 */

/** Over a half turn, at equal angles from a* on. */
const DIRECTIONS = 8;
/** Projections of colors lie within; bins are one ab unit wide. */
const REACH = 160;
const BINS = 2 * REACH + 1;

/**
 * Measures the distance between the colors of two pictures of any sizes.
 * @param oneAb Interleaved a*, b*, shape [N * 2], within 160 of 0.
 * @param otherAb Likewise, shape [M * 2].
 * @returns In ab units, 0 for the same histogram. Two pictures of one color each that differ by d
 * along a* are 0.6284 d apart, the mean of |d cos| over the directions.
 */
export function chromaDistance(oneAb: Float32Array, otherAb: Float32Array): number {
  let sum = 0;
  for (let direction = 0; direction < DIRECTIONS; direction++) {
    const angle = Math.PI * direction / DIRECTIONS;
    const [one, other] = [histogramAlong(oneAb, angle), histogramAlong(otherAb, angle)];
    for (let bin = 0, difference = 0; bin < BINS; bin++) {
      difference += one[bin]! - other[bin]!;
      sum += Math.abs(difference);
    }
  }
  return sum / DIRECTIONS;
}

/** Shares of projections; each is split between two bins, so that none is moved by binning. */
function histogramAlong(ab: Float32Array, angle: number): Float64Array {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const histogram = new Float64Array(BINS);
  const share = 2 / ab.length;
  for (let i = 0; i < ab.length; i += 2) {
    const position = cosine * ab[i]! + sine * ab[i + 1]! + REACH;
    const bin = position | 0;
    const part = position - bin;
    histogram[bin]! += share * (1 - part);
    histogram[bin + 1]! += share * part;
  }
  return histogram;
}
