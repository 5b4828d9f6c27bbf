/** The one scaling of ab planes that networks are trained on and served with. */

/** Divisor of a*, b* that brings every sRGB color into -1..1. */
export const AB_SCALE = 128;

/** Smallest and largest a*, b* of the 16,777,216 8-bit sRGB colors, rounded outwards. */
export const AB_RANGE = { minA: -86.19, maxA: 98.24, minB: -107.86, maxB: 94.48 } as const;

/**
 * Scales ab planes for a network.
 * @param ab Interleaved a*, b*, any shape [..., 2].
 * @returns A new array of the same shape, -1..1 for sRGB colors.
 */
export function normalizeAb(ab: Float32Array): Float32Array {
  const normalized = new Float32Array(ab.length); // a loop: `map` takes twenty times as long
  for (let i = 0; i < ab.length; i++) normalized[i] = ab[i]! / AB_SCALE;
  return normalized;
}

/**
 * Scales a network's ab planes back and clamps them to `AB_RANGE`; NaN stays NaN.
 * @param normalizedAb Interleaved, shape [..., 2]; any finite or infinite values.
 * @returns Interleaved a*, b*, a new array of the same shape.
 * @throws {RangeError} When the length is odd.
 */
export function denormalizeAb(normalizedAb: Float32Array): Float32Array {
  const { length } = normalizedAb;
  if (length % 2 !== 0) {
    throw new RangeError(`Cannot denormalize ab: length must be even, got ${length}`);
  }
  const ab = new Float32Array(length);
  for (let i = 0; i < length; i += 2) {
    ab[i] = clamp(normalizedAb[i]! * AB_SCALE, AB_RANGE.minA, AB_RANGE.maxA);
    ab[i + 1] = clamp(normalizedAb[i + 1]! * AB_SCALE, AB_RANGE.minB, AB_RANGE.maxB);
  }
  return ab;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
