/** Shuffled order of a split without a shuffled list: constant memory for any number of images. */
import { hashIntegers } from "./hash.ts";

/** What a shuffle depends on. */
export interface ShuffleOptions {
  /** Images in the split, 1..2^32. */
  count: number;
  /** Any whole number. */
  seed: number;
  /** Each epoch has an order of its own. */
  epoch: number;
}

const ROUNDS = 6;

/**
 * Gives the image at a position of the shuffled epoch; over all positions, each image once.
 * The permutation is a Feistel network on the smallest even number of bits that holds `count`,
 * walked until the value falls below `count`: three steps on average at most.
 * @param position 0..count - 1.
 * @returns The image's index, 0..count - 1, the same on every machine.
 * @throws {RangeError} When `count` or `position` is outside its range.
 * @see Black and Rogaway, "Ciphers with Arbitrary Finite Domains" (2002), cycle walking.
 */
export function shuffledIndex(position: number, { count, seed, epoch }: ShuffleOptions): number {
  if (!Number.isInteger(count) || count < 1 || count > 2 ** 32) {
    throw new RangeError(`Cannot shuffle: count must be 1 to 2^32, got ${count}`);
  }
  if (!Number.isInteger(position) || position < 0 || position >= count) {
    throw new RangeError(`Cannot shuffle: position must be 0 to ${count - 1}, got ${position}`);
  }
  const halfBits = Math.max(1, Math.ceil(Math.log2(count) / 2));
  const key = hashIntegers(seed, epoch, count);
  let index = position;
  do index = permute(index, halfBits, key); while (index >= count);
  return index;
}

/** One pass of the Feistel network: a permutation of 0..4^halfBits - 1. */
function permute(value: number, halfBits: number, key: number): number {
  const size = 2 ** halfBits;
  let left = Math.floor(value / size);
  let right = value % size;
  for (let round = 0; round < ROUNDS; round++) {
    const mixed = hashIntegers(key, round, right) >>> (32 - halfBits);
    [left, right] = [right, (left ^ mixed) >>> 0];
  }
  return left * size + right;
}
