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
