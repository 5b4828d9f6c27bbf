/** Integer hashes: the same numbers on every machine, no state. */

/**
 * Mixes any number of integers into one 32-bit hash.
 * @param values Integers; the low and high 32 bits count, so seeds above 2^32 differ too.
 * @returns 0..2^32 - 1.
 * @see Austin Appleby, MurmurHash3 (public domain), the 32-bit body and finalizer.
 */
export function hashIntegers(...values: number[]): number {
  let hash = 0x9747b28c;
  for (const value of values) {
    hash = mixWord(hash, value >>> 0);
    hash = mixWord(hash, Math.floor(value / 2 ** 32) >>> 0);
  }
  return finalize(hash ^ values.length);
}

/** Hashes a text, UTF-16 code unit by code unit, to 0..2^32 - 1. */
export function hashText(text: string): number {
  let hash = 0x9747b28c;
  for (let i = 0; i < text.length; i++) hash = mixWord(hash, text.charCodeAt(i));
  return finalize(hash ^ text.length);
}

function mixWord(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  hash ^= Math.imul(k, 0x1b873593);
  hash = (hash << 13) | (hash >>> 19);
  return (Math.imul(hash, 5) + 0xe6546b64) | 0;
}

function finalize(hash: number): number {
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
