/**
 * Area under the curve of "raw accuracy" of ECCV16: the share of pixels whose ab error is at most t,
 * over the thresholds t = 0, 1 .. 150, as a mean.
 * @see Zhang, Isola, Efros 2016, "Colorful Image Colorization", section 3.1.
 */
const THRESHOLDS = 151;

/**
 * AuC of one picture.
 * @param trueAb Interleaved a*, b*, shape [H * W * 2].
 * @param predictedAb The same shape.
 * @returns 0..1; 1 for an exact match.
 */
export function auc(trueAb: Float32Array, predictedAb: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < trueAb.length; i += 2) sum += reachedShare(trueAb, predictedAb, i);
  return sum / (trueAb.length / 2);
}

/**
 * Share of the thresholds that the pixel at index `i` of the planes stays within. Its mean over
 * pixels is the area: summing over pixels first or over thresholds first gives the same.
 */
export function reachedShare(trueAb: Float32Array, predictedAb: Float32Array, i: number): number {
  const da = trueAb[i]! - predictedAb[i]!;
  const db = trueAb[i + 1]! - predictedAb[i + 1]!;
  const error = Math.sqrt(da * da + db * db);
  return (THRESHOLDS - Math.ceil(Math.min(error, THRESHOLDS))) / THRESHOLDS;
}
