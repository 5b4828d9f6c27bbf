/**
 * The CIEDE2000 color difference, with kL = kC = kH = 1.
 * @see Sharma, Wu, Dalal 2005, "The CIEDE2000 color-difference formula" (equations and names).
 */
import type { LabPlanes } from "./lab.ts";

const POW_25_7 = 25 ** 7;
const DEGREE = Math.PI / 180;

/**
 * Color difference of two pictures, pixel by pixel.
 * @param lab1 Planes of H * W pixels.
 * @param lab2 Planes of the same size; the order of the two does not matter.
 * @returns Differences from 0, shape [H * W]; 1 is about the smallest that people see.
 * @throws {RangeError} When the two pictures differ in size.
 */
export function ciede2000(lab1: LabPlanes, lab2: LabPlanes): Float32Array {
  const count = lab1.lightness.length;
  if (lab2.lightness.length !== count) {
    throw new RangeError(
      `Cannot compare colors: both pictures must have ${count} pixels, got ${lab2.lightness.length}`,
    );
  }
  const differences = new Float32Array(count);
  for (let i = 0, at = 0; i < count; i++, at += 2) {
    differences[i] = difference(
      lab1.lightness[i]!,
      lab1.ab[at]!,
      lab1.ab[at + 1]!,
      lab2.lightness[i]!,
      lab2.ab[at]!,
      lab2.ab[at + 1]!,
    );
  }
  return differences;
}

/** Difference of the colors (l1, a1, b1) and (l2, a2, b2). */
function difference(
  l1: number,
  a1: number,
  b1: number,
  l2: number,
  a2: number,
  b2: number,
): number {
  const stretch = 1.5 - 0.5 * saturation((chroma(a1, b1) + chroma(a2, b2)) / 2); // 1 + G
  const c1 = chroma(stretch * a1, b1);
  const c2 = chroma(stretch * a2, b2);
  const meanC = (c1 + c2) / 2;
  const hue1 = Math.atan2(b1, stretch * a1);
  const hue2 = Math.atan2(b2, stretch * a2);
  const colored = c1 * c2 !== 0;
  const hueStep = colored ? wrapHue(hue2 - hue1) : 0;
  const hue = meanHue(hue1, hue2, colored);

  const sc = 1 + 0.045 * meanC;
  const sh = 1 + 0.015 * meanC * hueWeight(hue);
  const dl = (l2 - l1) / lightnessWeight((l1 + l2) / 2);
  const dc = (c2 - c1) / sc;
  const dh = 2 * Math.sqrt(c1 * c2) * Math.sin(hueStep / 2) / sh;
  return Math.sqrt(Math.max(0, dl * dl + dc * dc + dh * dh + rotation(hue, meanC) * dc * dh));
}

function chroma(a: number, b: number): number {
  return Math.sqrt(a * a + b * b); // Math.hypot is several times slower
}

/** sqrt(c^7 / (c^7 + 25^7)), 0..1: how saturated a chroma is. */
function saturation(c: number): number {
  const cubed = c * c * c;
  const pow7 = cubed * cubed * c;
  return Math.sqrt(pow7 / (pow7 + POW_25_7));
}

/** An angle between hues, brought into -pi..pi. */
function wrapHue(step: number): number {
  if (step > Math.PI) return step - 2 * Math.PI;
  return step < -Math.PI ? step + 2 * Math.PI : step;
}

/** The hue between two, 0..2 pi, the short way round; a gray color has none, so the sum stands. */
function meanHue(hue1: number, hue2: number, colored: boolean): number {
  const h1 = hue1 < 0 ? hue1 + 2 * Math.PI : hue1;
  const h2 = hue2 < 0 ? hue2 + 2 * Math.PI : hue2;
  const sum = h1 + h2;
  if (!colored) return sum;
  if (Math.abs(h1 - h2) <= Math.PI) return sum / 2;
  return sum < 2 * Math.PI ? sum / 2 + Math.PI : sum / 2 - Math.PI;
}

/** SL. */
function lightnessWeight(meanL: number): number {
  const square = (meanL - 50) * (meanL - 50);
  return 1 + 0.015 * square / Math.sqrt(20 + square);
}

/** T. */
function hueWeight(hue: number): number {
  return 1 - 0.17 * Math.cos(hue - 30 * DEGREE) + 0.24 * Math.cos(2 * hue) +
    0.32 * Math.cos(3 * hue + 6 * DEGREE) - 0.20 * Math.cos(4 * hue - 63 * DEGREE);
}

/** RT: turns the ellipses of equal difference in the blue region. */
function rotation(hue: number, meanC: number): number {
  const distance = (hue / DEGREE - 275) / 25;
  return -2 * saturation(meanC) * Math.sin(60 * DEGREE * Math.exp(-distance * distance));
}
