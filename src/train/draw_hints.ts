import { hashIntegers } from "../data/hash.ts";
import { drawHintCount, simulateHints } from "../data/simulate_hints.ts";
import type { SharePlace } from "./objective.ts";

/** How the hints of a share are drawn. */
export interface HintDraws {
  /** Tells the draws of one objective from those of others, and of other augmentation. */
  key: number;
  /** Part of the images that get none, beside those whose draw says so; none unless told. */
  unhinted?: number;
}

/**
 * Simulated hints of each image, by its place in the run.
 * @param ab Colors, shape [N, H, W, 2].
 * @returns Colors in the same unit and 1 where one is given, else 0, shape [N, H, W, 3].
 */
export function drawHints(
  ab: Float32Array,
  { count, sizePx, seed, epoch, positions }: SharePlace,
  { key, unhinted = 0 }: HintDraws,
): Float32Array {
  const pixels = sizePx * sizePx;
  const hints = new Float32Array(3 * count * pixels);
  for (let i = 0; i < count; i++) {
    const keys = [seed, epoch, positions[i]!, key];
    if (hashIntegers(...keys) / 2 ** 32 < unhinted) continue;
    simulateHints(
      ab.subarray(2 * i * pixels, 2 * (i + 1) * pixels),
      hints.subarray(3 * i * pixels, 3 * (i + 1) * pixels),
      { sizePx, keys, points: drawHintCount(keys) },
    );
  }
  return hints;
}
