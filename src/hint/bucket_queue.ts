/** Numbers of a block: the link to the next one, then entries. */
const BLOCK = 16;
/** The bits of a place inside its block. */
const IN_BLOCK = BLOCK - 1;
const FIRST_BLOCKS = 4096;

/**
 * A priority queue of whole numbers in buckets, for priorities that reach at most `span` buckets
 * beyond the one that is emptied. Buckets are lists of blocks out of one pool, first in, first out.
 * @see Dial 1969, "Algorithm 360: shortest-path forest with topological ordering".
 */
export class BucketQueue {
  /** How many entries there are, without those of blocks that were taken. */
  size = 0;
  /** Where the entries of blocks lie. */
  pool = new Int32Array(FIRST_BLOCKS * BLOCK);
  /** Where the entries of the block end that was taken last. */
  takenEnd = 0;
  #mask: number;
  /** Where each bucket is read, and where it is written; 0 in `#tails` when it is empty. */
  #heads: Int32Array;
  #tails: Int32Array;
  /** The first block that was given back; each links to the next. Block 0 stands for none. */
  #free = 0;
  #used = 1;

  /** @param span The largest difference of a new entry's bucket and the one that is emptied. */
  constructor(span: number) {
    const buckets = 2 ** Math.ceil(Math.log2(span + 1));
    this.#mask = buckets - 1;
    this.#heads = new Int32Array(buckets);
    this.#tails = new Int32Array(buckets);
  }

  /** Adds an entry to a bucket. */
  push(bucket: number, entry: number): void {
    const at = bucket & this.#mask;
    let tail = this.#tails[at]!;
    if ((tail & IN_BLOCK) === 0) {
      const block = this.#newBlock();
      if (tail === 0) this.#heads[at] = block * BLOCK + 1;
      else this.pool[tail - BLOCK] = block;
      tail = block * BLOCK + 1;
    }
    this.pool[tail] = entry;
    this.#tails[at] = tail + 1;
    this.size++;
  }

  /**
   * Takes the oldest block of a bucket; give it back after use. What is pushed meanwhile goes to
   * later blocks, those of the same bucket too.
   * @returns Where its entries start in `pool`, up to `takenEnd`; 0 when the bucket is empty.
   */
  takeBlock(bucket: number): number {
    const at = bucket & this.#mask;
    const tail = this.#tails[at]!;
    if (tail === 0) return 0;
    const start = this.#heads[at]!;
    const blockEnd = start + IN_BLOCK;
    if (tail >= start && tail <= blockEnd) {
      this.#tails[at] = 0;
      this.takenEnd = tail;
    } else {
      this.#heads[at] = this.pool[start - 1]! * BLOCK + 1;
      this.takenEnd = blockEnd;
    }
    this.size -= this.takenEnd - start;
    return start;
  }

  /** Gives back the block whose entries start at `start`. */
  giveBack(start: number): void {
    this.pool[start - 1] = this.#free;
    this.#free = (start - 1) / BLOCK;
  }

  #newBlock(): number {
    const block = this.#free;
    if (block !== 0) {
      this.#free = this.pool[block * BLOCK]!;
      return block;
    }
    if ((this.#used + 1) * BLOCK > this.pool.length) {
      const larger = new Int32Array(2 * this.pool.length);
      larger.set(this.pool);
      this.pool = larger;
    }
    return this.#used++;
  }
}
