/**
 * Unrounded sRGB to CIE L*a*b*, by the formula without tables: the exact inverse of `labToRgb`
 * inside the gamut, and slower than `rgbToLab`.
 */
import type { LabPlanes } from "./lab.ts";
import { compress, WHITE_X, WHITE_Z, X_OF, Y_OF, Z_OF } from "./lab_formula.ts";
import { decodeSrgb } from "./srgb.ts";

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
    const fx = compress((X_OF.r * r + X_OF.g * g + X_OF.b * b) / WHITE_X);
    const fy = compress(Y_OF.r * r + Y_OF.g * g + Y_OF.b * b);
    const fz = compress((Z_OF.r * r + Z_OF.g * g + Z_OF.b * b) / WHITE_Z);
    lightness[pixel] = 116 * fy - 16;
    ab[2 * pixel] = 500 * (fx - fy);
    ab[2 * pixel + 1] = 200 * (fy - fz);
  }
  return { lightness, ab };
}
