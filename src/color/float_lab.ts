/**
 * Unrounded sRGB to CIE L*a*b*, by the formula without tables: the exact inverse of `labToRgb`
 * inside the gamut, and slower than `rgbToLab`.
 * @see ISO/CIE 11664-4 (formula); IEC 61966-2-1 (primaries); constants as in scikit-image.
 */
import type { LabPlanes } from "./lab.ts";
import { decodeSrgb } from "./srgb.ts";

const KNEE = 0.008856;
const WHITE_X = 0.95047, WHITE_Z = 1.08883; // white has Y = 1

/**
 * Converts sRGB pixels that are not rounded to 8 bits.
 * @param rgb Interleaved R, G, B, 0..1, shape [H * W * 3].
 * @returns L in 0..100, interleaved a and b.
 * @throws {RangeError} When the length does not divide by 3.
 */
export function floatRgbToLab(rgb: Float32Array): LabPlanes {
  if (rgb.length % 3 !== 0) {
    throw new RangeError(`Cannot convert RGB to LAB: length must divide by 3, got ${rgb.length}`);
  }
  const count = rgb.length / 3;
  const lightness = new Float32Array(count);
  const ab = new Float32Array(2 * count);
  for (let pixel = 0, from = 0; pixel < count; pixel++, from += 3) {
    const r = decodeSrgb(rgb[from]!);
    const g = decodeSrgb(rgb[from + 1]!);
    const b = decodeSrgb(rgb[from + 2]!);
    const fx = compress((0.412453 * r + 0.357580 * g + 0.180423 * b) / WHITE_X);
    const fy = compress(0.212671 * r + 0.715160 * g + 0.072169 * b);
    const fz = compress((0.019334 * r + 0.119193 * g + 0.950227 * b) / WHITE_Z);
    lightness[pixel] = 116 * fy - 16;
    ab[2 * pixel] = 500 * (fx - fy);
    ab[2 * pixel + 1] = 200 * (fy - fz);
  }
  return { lightness, ab };
}

function compress(t: number): number {
  return t > KNEE ? Math.cbrt(t) : 7.787 * t + 16 / 116;
}
