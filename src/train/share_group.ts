/**
 * Workers that train on shares of the same batch add up vectors through shared memory. Each waits
 * until all have written, sums a part of the vector in the order of the members, and waits until
 * all parts are there: the sum is the same, bit for bit, for everybody and in every run.
 */

/** Shared memory of a group; made once, posted to every worker. */
export interface ShareGroupMemory {
  members: number;
  /** Arrived members, generation of the barrier, and the flag that breaks the group up. */
  control: SharedArrayBuffer;
  /** A slot of `capacity` floats for each member, then one for the result. */
  values: SharedArrayBuffer;
  capacity: number;
}

const ARRIVED = 0;
const GENERATION = 1;
const BROKEN = 2;

/** @param options.capacity The longest vector that will be summed, in floats. */
export function createShareGroupMemory(
  { members, capacity }: { members: number; capacity: number },
): ShareGroupMemory {
  return {
    members,
    capacity,
    control: new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT),
    values: new SharedArrayBuffer((members + 1) * capacity * Float32Array.BYTES_PER_ELEMENT),
  };
}

/** Another member has failed and can tell why; this one cannot. */
export class ShareGroupBrokenError extends Error {
  override name = "ShareGroupBrokenError";
}

/** Makes all members throw that wait or will wait: one of them has failed. */
export function breakShareGroup({ control }: ShareGroupMemory): void {
  const flags = new Int32Array(control);
  Atomics.store(flags, BROKEN, 1);
  Atomics.add(flags, GENERATION, 1);
  Atomics.notify(flags, GENERATION);
}

/** One member's view of a group. */
export class ShareGroup {
  readonly members: number;
  readonly rank: number;
  readonly #control: Int32Array;
  readonly #slots: Float32Array[];
  readonly #result: Float32Array;

  constructor(memory: ShareGroupMemory, rank: number) {
    this.members = memory.members;
    this.rank = rank;
    this.#control = new Int32Array(memory.control);
    const slot = (i: number) =>
      new Float32Array(memory.values, i * memory.capacity * 4, memory.capacity);
    this.#slots = Array.from({ length: memory.members }, (_, i) => slot(i));
    this.#result = slot(memory.members);
  }

  /**
   * Sums vectors over all members, who must all call it with the same length. Blocks the thread.
   * @param parts This member's vector, in pieces.
   * @returns A view of the sum, valid until the next call.
   * @throws {RangeError} When the vector is longer than the group's capacity.
   * @throws {ShareGroupBrokenError} When the group was broken up.
   */
  sum(parts: ArrayLike<number>[]): Float32Array {
    const length = parts.reduce((total, part) => total + part.length, 0);
    if (length > this.#result.length) {
      throw new RangeError(
        `Cannot sum over workers: at most ${this.#result.length} values fit, got ${length}`,
      );
    }
    let offset = 0;
    for (const part of parts) {
      this.#slots[this.rank]!.set(part, offset);
      offset += part.length;
    }
    this.#barrier();
    const begin = Math.floor(length * this.rank / this.members);
    const end = Math.floor(length * (this.rank + 1) / this.members);
    for (let i = begin; i < end; i++) {
      let total = 0;
      for (const slot of this.#slots) total += slot[i]!;
      this.#result[i] = total;
    }
    this.#barrier();
    return this.#result.subarray(0, length);
  }

  #barrier(): void {
    const control = this.#control;
    const generation = Atomics.load(control, GENERATION);
    this.#checkWhole(); // after the load: a later break changes the generation and wakes the wait
    if (Atomics.add(control, ARRIVED, 1) + 1 === this.members) {
      Atomics.store(control, ARRIVED, 0);
      Atomics.add(control, GENERATION, 1);
      Atomics.notify(control, GENERATION);
    } else {
      while (Atomics.load(control, GENERATION) === generation) {
        Atomics.wait(control, GENERATION, generation);
      }
    }
    this.#checkWhole();
  }

  #checkWhole(): void {
    if (Atomics.load(this.#control, BROKEN)) {
      throw new ShareGroupBrokenError("Cannot go on training: another worker has failed");
    }
  }
}

/** The images `first`..`first + count` of a batch that one member trains on. */
export function shareOf(
  batchImages: number,
  { rank, members }: { rank: number; members: number },
): { first: number; count: number } {
  const first = Math.floor(batchImages * rank / members);
  return { first, count: Math.floor(batchImages * (rank + 1) / members) - first };
}
