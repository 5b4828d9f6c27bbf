/** What fixes a dropout mask. */
export interface DropoutDraw {
  /** A value is dropped when its hash lies below; 32 bits. */
  threshold: number;
  /** What the others are multiplied by. */
  kept: number;
  /** Place i of the tensor draws the hash of `(first + i) ^ key`, in 32 bits. */
  key: number;
  first: number;
}

/** Factor of place `i`: 0 or `kept`. */
export function dropoutFactor(i: number, { threshold, kept, key, first }: DropoutDraw): number {
  return hash32((first + i) ^ key) >= threshold ? kept : 0;
}

/**
 * A bijective 32-bit integer hash.
 * @see C. Wellons, "Prospecting for Hash Functions", 2018 (the low-bias constants).
 */
function hash32(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0xd35a2d97);
  return (h ^ (h >>> 15)) >>> 0;
}

/** The same in WGSL, for uniforms of a draw's names. */
export const DROPOUT_FACTOR_WGSL = `
  fn hash32(value : u32) -> u32 {
    var h = value;
    h = (h ^ (h >> 16u)) * 0x21f0aaadu;
    h = (h ^ (h >> 15u)) * 0xd35a2d97u;
    return h ^ (h >> 15u);
  }

  fn dropoutFactor(i : u32) -> f32 {
    let drawn = hash32((uniforms.first + i) ^ uniforms.key);
    return select(0.0, uniforms.kept, drawn >= uniforms.threshold);
  }`;
