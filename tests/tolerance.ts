import { assert } from "@std/assert";

/** Norm of the difference over the norm of what was expected. */
export function relativeError(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert(values.length === expected.length, `lengths ${values.length} and ${expected.length}`);
  let [difference, total] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference += (values[i]! - expected[i]!) ** 2;
    total += expected[i]! ** 2;
  }
  return Math.sqrt(difference / (total || 1));
}

/** The largest difference, as a share of the largest expected value or of 1: sums may cancel out. */
export function largestError(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert(values.length === expected.length, `lengths ${values.length} and ${expected.length}`);
  let [difference, scale] = [0, 1];
  for (let i = 0; i < expected.length; i++) {
    const gap = Math.abs(values[i]! - expected[i]!);
    if (Number.isNaN(gap)) return NaN;
    difference = Math.max(difference, gap);
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return difference / scale;
}
