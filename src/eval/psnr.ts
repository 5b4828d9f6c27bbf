/** PSNR of an exact match: it would be infinite, and one such image would rule every average. */
export const MAX_PSNR_DB = 100;

/**
 * Peak signal-to-noise ratio of values whose peak is 1, as `tf.image.psnr` with `max_val=1`.
 * @param meanSquaredError 0 or more.
 * @returns 10 log10(1 / MSE) in dB, at most `MAX_PSNR_DB`.
 */
export function psnr(meanSquaredError: number): number {
  return Math.min(MAX_PSNR_DB, -10 * Math.log10(meanSquaredError));
}
