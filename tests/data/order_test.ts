import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { shuffledIndex } from "../../src/data/order.ts";

function order(count: number, seed = 1, epoch = 0): number[] {
  return Array.from({ length: count }, (_, i) => shuffledIndex(i, { count, seed, epoch }));
}

Deno.test("shuffledIndex() gives each image once, whatever the count", () => {
  for (const count of [1, 2, 3, 4, 5, 7, 16, 17, 64, 97, 1000, 1009, 4096, 10_007]) {
    const sorted = order(count).sort((a, b) => a - b);
    assert(sorted.every((index, i) => index === i), `count ${count}`);
  }
});

Deno.test("shuffledIndex() gives the same order on every machine", () => {
  assertEquals(order(10, 1, 0), [0, 4, 3, 5, 8, 6, 2, 1, 7, 9]);
  const far = { count: 100_000, seed: 2 ** 40 + 7, epoch: 3 };
  assertEquals([0, 1, 99_999].map((position) => shuffledIndex(position, far)), [
    88960,
    84193,
    98934,
  ]);
});

Deno.test("shuffledIndex() depends on seed and epoch, all their bits", () => {
  const one = order(1000, 5, 0);
  for (const other of [order(1000, 5, 1), order(1000, 6, 0), order(1000, 5 + 2 ** 32, 0)]) {
    assertNotEquals(one, other);
    const same = one.filter((index, i) => index === other[i]).length;
    assert(same < 10, `${same} of 1000 in the same place`);
  }
});

Deno.test("shuffledIndex() mixes: neighbors land anywhere", () => {
  const indices = order(10_000);
  const steps = indices.slice(1).map((index, i) => Math.abs(index - indices[i]!));
  const mean = steps.reduce((sum, step) => sum + step) / steps.length;
  assert(Math.abs(mean - 3333) < 100, `mean step ${mean}, of a random order 3333`);
  // The first half of the epoch sees the first half of the images half of the time.
  const low = indices.slice(0, 5000).filter((index) => index < 5000).length;
  assert(Math.abs(low - 2500) < 150, `${low}`);
});

Deno.test("shuffledIndex() reaches large counts and refuses positions outside", () => {
  const count = 2 ** 32;
  const index = shuffledIndex(count - 1, { count, seed: 1, epoch: 1 });
  assert(Number.isInteger(index) && index >= 0 && index < count);
  for (const position of [-1, 10, 0.5, NaN]) {
    const error = assertThrows(
      () => shuffledIndex(position, { count: 10, seed: 1, epoch: 1 }),
      RangeError,
    );
    assertEquals(error.message, `Cannot shuffle: position must be 0 to 9, got ${position}`);
  }
  assertThrows(() => shuffledIndex(0, { count: 0, seed: 1, epoch: 1 }), RangeError, "count");
});
