/** sRGB <-> CIE L*a*b* for pictures, by the formula of lab_formula.ts. */
import {
  B_OF,
  compress,
  expand,
  G_OF,
  R_OF,
  WHITE_X,
  WHITE_Z,
  X_OF,
  Y_OF,
  Z_OF,
} from "./lab_formula.ts";
import { encodeSrgb, encodeSrgbByte, LINEAR_OF_BYTE } from "./srgb.ts";

/** The L*a*b* planes of a picture of H * W pixels. */
export interface LabPlanes {
  /** L*, 0..100, shape [H * W]. */
  lightness: Float32Array;
  /** Interleaved a*, b*, shape [H * W * 2]. */
  ab: Float32Array;
}

// Interpolating in this many cells costs less than 2e-4 in a* and b*.
const CELLS = 16384;
const COMPRESSED = Float64Array.from({ length: CELLS + 2 }, (_, cell) => compress(cell / CELLS));

// One block of linear RGB stays in the first-level cache.
const BLOCK_PIXELS = 512;

/**
 * Converts 8-bit sRGB pixels to L*a*b*, within 0.001 of the exact formula; alpha is left out.
 * @param pixels Interleaved RGB or RGBA, shape [H * W * channels].
 * @param out Planes of the same picture size to write into; new ones when left out.
 * @returns `out`: L in 0..100, a in -86.2..98.3, b in -107.9..94.5.
 * @throws {RangeError} When the length does not divide by `channels`, or `out` has another size.
 */
export function rgbToLab(
  pixels: Uint8Array | Uint8ClampedArray,
  channels: 3 | 4,
  out: LabPlanes = makePlanes(Math.floor(pixels.length / channels)),
): LabPlanes {
  const { lightness, ab } = out;
  checkLengths("convert RGB to LAB", out, pixels.length, channels);
  for (let pixel = 0, from = 0, to = 0; pixel < lightness.length; pixel++, from += channels) {
    const r = LINEAR_OF_BYTE[pixels[from]!]!;
    const g = LINEAR_OF_BYTE[pixels[from + 1]!]!;
    const b = LINEAR_OF_BYTE[pixels[from + 2]!]!;
    const fx = lookUp((X_OF.r * r + X_OF.g * g + X_OF.b * b) * (CELLS / WHITE_X));
    const fy = lookUp((Y_OF.r * r + Y_OF.g * g + Y_OF.b * b) * CELLS);
    const fz = lookUp((Z_OF.r * r + Z_OF.g * g + Z_OF.b * b) * (CELLS / WHITE_Z));
    lightness[pixel] = 116 * fy - 16;
    ab[to++] = 500 * (fx - fy);
    ab[to++] = 200 * (fy - fz);
  }
  return out;
}

/**
 * The L* of 8-bit sRGB pixels, as `rgbToLab` computes it, or as a film of another sensitivity than
 * the eye's would have recorded it.
 * @param pixels Interleaved RGB or RGBA, shape [H * W * channels].
 * @param sensitivity Parts of linear red, green and blue, of sum 1; the eye's when left out.
 * @returns 0..100, shape [H * W].
 * @throws {RangeError} When the length does not divide by `channels`.
 */
export function rgbToLightness(
  pixels: Uint8Array | Uint8ClampedArray,
  channels: 3 | 4,
  sensitivity: { r: number; g: number; b: number } = Y_OF,
): Float32Array {
  const lightness = new Float32Array(Math.floor(pixels.length / channels));
  checkPixels("convert RGB to L*", lightness.length, pixels.length, channels);
  for (let pixel = 0, from = 0; pixel < lightness.length; pixel++, from += channels) {
    const r = LINEAR_OF_BYTE[pixels[from]!]!;
    const g = LINEAR_OF_BYTE[pixels[from + 1]!]!;
    const b = LINEAR_OF_BYTE[pixels[from + 2]!]!;
    const y = sensitivity.r * r + sensitivity.g * g + sensitivity.b * b;
    lightness[pixel] = 116 * lookUp(y * CELLS) - 16;
  }
  return lightness;
}

/**
 * Converts L*a*b* to 8-bit sRGB, rounded to nearest; colors outside the sRGB gamut are clipped per
 * channel. Never fails on values: NaN, and an infinite lightness, give 0 in the channels they reach.
 * @param out RGBA pixels, shape [H * W * 4]; R, G, B are written, alpha bytes stay as they are.
 * @throws {RangeError} When `lab` or `out` is of another picture size.
 */
export function labToRgba(lab: LabPlanes, out: Uint8Array | Uint8ClampedArray): void {
  checkLengths("convert LAB to RGBA", lab, out.length, 4);
  const linear = new Float64Array(3 * BLOCK_PIXELS);
  for (let start = 0; start < lab.lightness.length; start += BLOCK_PIXELS) {
    const count = writeLinearBlock(lab, start, linear);
    for (let i = 0, to = 4 * start; i < 3 * count; i += 3, to += 4) {
      out[to] = encodeSrgbByte(linear[i]!);
      out[to + 1] = encodeSrgbByte(linear[i + 1]!);
      out[to + 2] = encodeSrgbByte(linear[i + 2]!);
    }
  }
}

/**
 * Converts L*a*b* to sRGB without rounding, for metrics: what scikit-image's `lab2rgb` gives.
 * NaN stays NaN in the channels it reaches, so does an infinite lightness; an infinite a or b clips.
 * @returns Interleaved R, G, B, 0..1, clipped to the sRGB gamut per channel, shape [H * W * 3].
 * @throws {RangeError} When the two planes differ in picture size.
 */
export function labToRgb(lab: LabPlanes): Float32Array {
  const rgb = new Float32Array(3 * lab.lightness.length);
  checkLengths("convert LAB to RGB", lab, rgb.length, 3);
  const linear = new Float64Array(3 * BLOCK_PIXELS);
  for (let start = 0; start < lab.lightness.length; start += BLOCK_PIXELS) {
    const count = writeLinearBlock(lab, start, linear);
    for (let i = 0; i < 3 * count; i++) {
      rgb[3 * start + i] = Math.min(1, Math.max(0, encodeSrgb(linear[i]!)));
    }
  }
  return rgb;
}

/** Writes up to a block of linear RGB, not clipped, from pixel `start` on; returns the count. */
function writeLinearBlock({ lightness, ab }: LabPlanes, start: number, linear: Float64Array) {
  const count = Math.min(BLOCK_PIXELS, lightness.length - start);
  for (let i = 0, pixel = start; i < 3 * count; i += 3, pixel++) {
    const fy = (lightness[pixel]! + 16) / 116;
    const fx = fy + ab[2 * pixel]! / 500;
    const fz = fy - ab[2 * pixel + 1]! / 200;
    const x = expand(fx) * WHITE_X;
    const y = expand(fy);
    // scikit-image cuts f(z) off at 0, where a color is too yellow for its lightness.
    const z = expand(fz < 0 ? 0 : fz) * WHITE_Z;
    linear[i] = R_OF.x * x + R_OF.y * y + R_OF.z * z;
    linear[i + 1] = G_OF.x * x + G_OF.y * y + G_OF.z * z;
    linear[i + 2] = B_OF.x * x + B_OF.y * y + B_OF.z * z;
  }
  return count;
}

/** f(t) of a position in the table, 0..CELLS, interpolated. */
function lookUp(position: number): number {
  const cell = position | 0;
  const start = COMPRESSED[cell]!;
  return start + (COMPRESSED[cell + 1]! - start) * (position - cell);
}

function makePlanes(pixels: number): LabPlanes {
  return { lightness: new Float32Array(pixels), ab: new Float32Array(2 * pixels) };
}

function checkLengths(action: string, lab: LabPlanes, length: number, channels: number): void {
  const pixels = lab.lightness.length;
  if (lab.ab.length !== 2 * pixels) {
    throw new RangeError(
      `Cannot ${action}: ab must have 2 values per lightness, ${2 * pixels}, got ${lab.ab.length}`,
    );
  }
  checkPixels(action, pixels, length, channels);
}

function checkPixels(action: string, pixels: number, length: number, channels: number): void {
  if (length !== channels * pixels) {
    throw new RangeError(
      `Cannot ${action}: pixels must have ${channels} bytes per lightness, ${
        channels * pixels
      }, got ${length}`,
    );
  }
}
