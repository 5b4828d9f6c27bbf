/**
 * Structural similarity of RGB pictures, as `tf.image.ssim` with `max_val=1`: an 11 x 11 Gaussian
 * window of sigma 1.5 at the positions where it lies inside the picture, k1 0.01, k2 0.03.
 * @see Wang, Bovik, Sheikh, Simoncelli 2004, "Image quality assessment", equation 13.
 */
const WINDOW = 11;
const SIGMA = 1.5;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;
const CHANNELS = 3;

/** Half of the window's weights, from its edge to its middle; the whole sums to 1. */
const HALF = halfWindow();

/** Size of a picture. */
export interface PictureSize {
  heightPx: number;
  widthPx: number;
}

/** What SSIM needs of the true picture, computed once for any number of predictions. */
export interface SsimTruth extends PictureSize {
  rgb: Float32Array;
  /** Means of the picture and of its squares under each window, [(H - 10) * (W - 10) * 3]. */
  mean: Float64Array;
  meanSquare: Float64Array;
}

/**
 * Prepares a true picture.
 * @param rgb Interleaved, 0..1, shape [H * W * 3].
 * @throws {RangeError} When a side is under 11 pixels, or the length is not that of the size.
 */
export function prepareSsim(rgb: Float32Array, { heightPx, widthPx }: PictureSize): SsimTruth {
  const size = { heightPx, widthPx };
  if (Math.min(heightPx, widthPx) < WINDOW || rgb.length !== heightPx * widthPx * CHANNELS) {
    throw new RangeError(
      `Cannot compute SSIM: must be a picture of ${WINDOW}x${WINDOW} or more, got ${rgb.length} values as ${widthPx}x${heightPx}`,
    );
  }
  const meanSquare = windowMeans(multiply(rgb, rgb), size);
  return { ...size, rgb, mean: windowMeans(rgb, size), meanSquare };
}

/**
 * Mean SSIM over positions and channels.
 * @param prediction Interleaved, 0..1, shape [H * W * 3] of the true picture.
 * @returns -1..1; 1 for an exact match.
 * @throws {RangeError} When the sizes differ.
 */
export function ssim(truth: SsimTruth, prediction: Float32Array): number {
  const { length } = truth.rgb;
  if (prediction.length !== length) {
    throw new RangeError(
      `Cannot compute SSIM: must have ${length} values, got ${prediction.length}`,
    );
  }
  const mean = windowMeans(prediction, truth);
  const meanSquare = windowMeans(multiply(prediction, prediction), truth);
  const meanProduct = windowMeans(multiply(prediction, truth.rgb), truth);
  let sum = 0;
  for (let i = 0; i < mean.length; i++) {
    const ofMeans = 2 * truth.mean[i]! * mean[i]!;
    const ofSquares = truth.mean[i]! * truth.mean[i]! + mean[i]! * mean[i]!;
    const luminance = (ofMeans + C1) / (ofSquares + C1);
    const spread = truth.meanSquare[i]! + meanSquare[i]! - ofSquares;
    sum += luminance * (2 * meanProduct[i]! - ofMeans + C2) / (spread + C2);
  }
  return sum / mean.length;
}

function multiply(first: Float32Array, second: Float32Array): Float64Array {
  const product = new Float64Array(first.length);
  for (let i = 0; i < first.length; i++) product[i] = first[i]! * second[i]!;
  return product;
}

/** Weighted means under the window, rows first: the two-dimensional Gaussian is separable. */
function windowMeans(values: Float32Array | Float64Array, { heightPx, widthPx }: PictureSize) {
  const from = widthPx * CHANNELS;
  const to = (widthPx - WINDOW + 1) * CHANNELS;
  const rows = new Float64Array(heightPx * to);
  for (let y = 0; y < heightPx; y++) {
    weigh(values.subarray(y * from, (y + 1) * from), CHANNELS, rows.subarray(y * to, (y + 1) * to));
  }
  const means = new Float64Array((heightPx - WINDOW + 1) * to);
  weigh(rows, to, means);
  return means;
}

/** Writes the weighted sums of 11 values that lie `step` apart. */
function weigh(values: Float32Array | Float64Array, step: number, sums: Float64Array): void {
  const [w0, w1, w2, w3, w4, w5] = HALF;
  for (let i = 0; i < sums.length; i++) {
    // Written out: this is where the evaluation spends its time.
    sums[i] = w0 * (values[i]! + values[i + 10 * step]!) +
      w1 * (values[i + step]! + values[i + 9 * step]!) +
      w2 * (values[i + 2 * step]! + values[i + 8 * step]!) +
      w3 * (values[i + 3 * step]! + values[i + 7 * step]!) +
      w4 * (values[i + 4 * step]! + values[i + 6 * step]!) +
      w5 * values[i + 5 * step]!;
  }
}

function halfWindow(): [number, number, number, number, number, number] {
  const [w0, w1, w2, w3, w4, w5] = [5, 4, 3, 2, 1, 0].map((distance) =>
    Math.exp(-distance * distance / (2 * SIGMA * SIGMA))
  ) as [number, number, number, number, number, number];
  const sum = 2 * (w0 + w1 + w2 + w3 + w4) + w5;
  return [w0 / sum, w1 / sum, w2 / sum, w3 / sum, w4 / sum, w5 / sum];
}
