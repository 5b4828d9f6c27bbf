/**
 * The formula between linear sRGB and CIE L*a*b*: D65 white point, 2 degree observer, with the
 * constants of scikit-image, so that figures compare with published ones.
 * @see ISO/CIE 11664-4 (formula); IEC 61966-2-1 (primaries); ASTM E308 (white point).
 */

/** White, whose Y is 1. */
export const WHITE_X = 0.95047, WHITE_Z = 1.08883;

/** X, Y and Z of linear red, green and blue. */
export const X_OF = { r: 0.412453, g: 0.357580, b: 0.180423 } as const;
export const Y_OF = { r: 0.212671, g: 0.715160, b: 0.072169 } as const;
export const Z_OF = { r: 0.019334, g: 0.119193, b: 0.950227 } as const;

/** Linear red, green and blue of X, Y and Z: the inverse. */
export const R_OF = {
  x: 3.2404813432005266,
  y: -1.5371515162713183,
  z: -0.4985363261688878,
} as const;
export const G_OF = {
  x: -0.9692549499965682,
  y: 1.8759900014898907,
  z: 0.04155592655829284,
} as const;
export const B_OF = {
  x: 0.05564663913517717,
  y: -0.20404133836651123,
  z: 1.0573110696453443,
} as const;

// f(t) of the formula is a cube root above the knee and a line below it.
const KNEE = 0.008856, KNEE_ROOT = 0.2068966, SLOPE = 7.787, OFFSET = 16 / 116;

/** f(t) of the formula; t is X, Y or Z relative to white. */
export function compress(t: number): number {
  return t > KNEE ? Math.cbrt(t) : SLOPE * t + OFFSET;
}

/** The inverse of `compress`. */
export function expand(f: number): number {
  return f > KNEE_ROOT ? f * f * f : (f - OFFSET) / SLOPE;
}
