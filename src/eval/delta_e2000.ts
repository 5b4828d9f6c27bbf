import { ciede2000 } from "../color/ciede2000.ts";
import type { LabPlanes } from "../color/lab.ts";

/**
 * Mean CIEDE2000 difference over the pixels of two pictures.
 * @throws {RangeError} When they differ in size.
 */
export function deltaE2000(truth: LabPlanes, prediction: LabPlanes): number {
  const differences = ciede2000(truth, prediction);
  let sum = 0;
  for (let i = 0; i < differences.length; i++) sum += differences[i]!;
  return sum / differences.length;
}
