import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  breakShareGroup,
  createShareGroupMemory,
  ShareGroup,
  ShareGroupBrokenError,
  shareOf,
} from "../../src/train/share_group.ts";
import { sumInWorker, summand } from "./share_group_worker.ts";

const MEMBERS = 3;
const LENGTH = 1001;
const ROUNDS = 200;

Deno.test("ShareGroup.sum() gives every worker the sum in the order of the members, bit for bit", async () => {
  const memory = createShareGroupMemory({ members: MEMBERS, capacity: LENGTH });
  const results = await Promise.all(
    [0, 1, 2].map((rank) => sumInWorker({ memory, rank, rounds: ROUNDS, length: LENGTH })),
  );
  const sums = expectedSums();
  for (const result of results) assertEquals(result, { sums });
});

Deno.test("breakShareGroup() ends the waiting of those who wait, and of those who come later", async () => {
  const memory = createShareGroupMemory({ members: MEMBERS, capacity: 1 });
  // Rank 2 never comes: only the break can end the waiting of ranks 0 and 1.
  const waiting = [0, 1].map((rank) => sumInWorker({ memory, rank, rounds: 1, length: 1 }));
  const arrived = new Int32Array(memory.control);
  while (Atomics.load(arrived, 0) < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  breakShareGroup(memory);
  const broken = { errorName: "ShareGroupBrokenError" };
  assertEquals(await Promise.all(waiting), [broken, broken]);
  assertEquals(await sumInWorker({ memory, rank: 2, rounds: 1, length: 1 }), broken);
  assertThrows(() => new ShareGroup(memory, 0).sum([[1]]), ShareGroupBrokenError, "another worker");
});

Deno.test("ShareGroup.sum() joins the pieces of a vector, and refuses one that is too long", () => {
  const group = new ShareGroup(createShareGroupMemory({ members: 1, capacity: 3 }), 0);
  assertEquals([...group.sum([[1], new Float32Array([2, 3])])], [1, 2, 3]);
  assertEquals([...group.sum([[4]])], [4]);
  assertThrows(() => group.sum([[1, 2], [3, 4]]), RangeError, "at most 3 values fit, got 4");
});

Deno.test("shareOf() deals every image once, in order, evenly", () => {
  for (const [images, members] of [[64, 3], [10, 4], [2, 5], [1, 8], [7, 1]] as const) {
    const shares = Array.from({ length: members }, (_, rank) => shareOf(images, { rank, members }));
    let next = 0;
    for (const { first, count } of shares) {
      assertEquals(first, next);
      assert(count === Math.floor(images / members) || count === Math.ceil(images / members));
      next += count;
    }
    assertEquals(next, images);
  }
});

/** The sums of all rounds, each added up in the order of the members. */
function expectedSums(): Float32Array {
  const sums = new Float32Array(ROUNDS * LENGTH);
  for (let round = 0; round < ROUNDS; round++) {
    const parts = [0, 1, 2].map((rank) => summand(LENGTH, { rank, round }));
    for (let i = 0; i < LENGTH; i++) {
      sums[round * LENGTH + i] = parts.reduce((total, part) => total + part[i]!, 0);
    }
  }
  return sums;
}
