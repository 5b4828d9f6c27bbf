import { assert, assertEquals, assertRejects } from "@std/assert";
import { Batcher } from "../../src/serve/batcher.ts";

/** A batcher that doubles numbers, and notes its batches. */
function makeBatcher(
  { maxBatch = 4, windowMs = 0, expected = (): number => 0, workMs = 5 } = {},
) {
  const batches: number[][] = [];
  const batcher = new Batcher<number, number>({
    ...{ maxBatch: () => maxBatch, windowMs, expected },
    run: async (_key, items) => {
      batches.push(items);
      await new Promise((resolve) => setTimeout(resolve, workMs));
      if (items.includes(13)) throw new Error("13");
      return items.map((item) => 2 * item);
    },
  });
  return { batcher, batches };
}

Deno.test("a lone item runs at once, those that come meanwhile run together", async () => {
  const { batcher, batches } = makeBatcher();
  const results = await Promise.all([1, 2, 3, 4, 5, 6].map((item) => batcher.submit("k", item)));
  assertEquals(results, [2, 4, 6, 8, 10, 12]);
  assertEquals(batches, [[1], [2, 3, 4, 5], [6]]);
});

Deno.test("items of different keys run apart, the longest waiting first", async () => {
  const { batcher, batches } = makeBatcher();
  const submitted = [["a", 1], ["b", 2], ["a", 3], ["b", 4]] as const;
  await Promise.all(submitted.map(([key, item]) => batcher.submit(key, item)));
  assertEquals(batches, [[1], [2, 4], [3]]);
});

Deno.test("an item waits for those on their way, no longer than the window, none when alone", async () => {
  let expected = 1;
  const { batcher, batches } = makeBatcher({ windowMs: 60, expected: () => expected });
  const first = batcher.submit("k", 1);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expected = 0;
  await Promise.all([first, batcher.submit("k", 2)]);
  assertEquals(batches, [[1, 2]]);
  expected = 1; // that never comes
  const startedMs = performance.now();
  await batcher.submit("k", 3);
  assert(performance.now() - startedMs >= 55);
  expected = 0;
  const aloneMs = performance.now();
  await batcher.submit("k", 4);
  assert(performance.now() - aloneMs < 50);
});

Deno.test("an item that fails does not cost the others of its batch", async () => {
  const { batcher } = makeBatcher();
  const results = await Promise.allSettled(
    [1, 2, 13, 4].map((item) => batcher.submit("k", item)),
  );
  assertEquals(results.map(({ status }) => status), [
    ...["fulfilled", "fulfilled", "rejected", "fulfilled"],
  ]);
});

Deno.test("a signal takes an item out while it waits", async () => {
  const { batcher, batches } = makeBatcher();
  const stop = new AbortController();
  const first = batcher.submit("k", 1);
  const second = batcher.submit("k", 2, stop.signal);
  stop.abort(new Error("gone"));
  await assertRejects(() => second, Error, "gone");
  await assertRejects(() => batcher.submit("k", 3, stop.signal), Error, "gone");
  await first;
  assertEquals(batches, [[1]]);
});
