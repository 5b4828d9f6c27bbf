/** Grain, as photographs and scans have it: the same on every machine for the same seed. */

/**
 * Adds grain that is independent from pixel to pixel.
 * @param lightness L*, 0..100, any shape; changed in place, and kept in that range.
 * @param options.deviation Of the grain, in L*.
 * @param options.random Gives uniform numbers in 0..1, three for each pixel.
 */
export function addGrain(
  lightness: Float32Array,
  { deviation, random }: { deviation: number; random: () => number },
): void {
  for (let i = 0; i < lightness.length; i++) {
    // The sum of three uniform numbers is nearly normal; twice that has deviation 1.
    const grain = 2 * (random() + random() + random() - 1.5);
    lightness[i] = Math.min(Math.max(lightness[i]! + deviation * grain, 0), 100);
  }
}

/**
 * Uniform numbers in 0..1, one after the other: much faster than a hash for each.
 * @param seed 32 bits.
 * @see Tommy Ettinger, mulberry32 (public domain).
 */
export function uniformNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
