import { assertEquals } from "@std/assert";
import { BucketQueue } from "../../src/hint/bucket_queue.ts";
import { SeededRandom } from "../random.ts";

/** Empties a bucket; `then` may push more while an entry is at hand. */
function empty(queue: BucketQueue, bucket: number, then = (_entry: number) => {}): number[] {
  const entries: number[] = [];
  for (let start = queue.takeBlock(bucket); start !== 0; start = queue.takeBlock(bucket)) {
    const end = queue.takenEnd;
    for (let i = start; i < end; i++) {
      entries.push(queue.pool[i]!);
      then(queue.pool[i]!);
    }
    queue.giveBack(start);
  }
  return entries;
}

Deno.test("BucketQueue gives each bucket's entries in the order that they came in", () => {
  const random = new SeededRandom(1);
  const span = 20;
  const queue = new BucketQueue(span);
  const expected = new Map<number, number[]>();
  const push = (bucket: number, entry: number) => {
    queue.push(bucket, entry);
    expected.set(bucket, [...expected.get(bucket) ?? [], entry]);
  };
  for (let bucket = 0; bucket < 200; bucket++) {
    for (let i = random.integer(0, 60); i > 0; i--) {
      push(bucket + random.integer(0, span), random.integer(0, 2 ** 31 - 1));
    }
    assertEquals(empty(queue, bucket), expected.get(bucket) ?? []);
  }
});

Deno.test("BucketQueue takes entries for the bucket that is being emptied", () => {
  const queue = new BucketQueue(4);
  queue.push(0, 40);
  const entries = empty(queue, 0, (entry) => {
    if (entry > 0) queue.push(0, entry - 1);
  });
  assertEquals(entries, Array.from({ length: 41 }, (_, i) => 40 - i));
  assertEquals(queue.size, 0);
});

Deno.test("BucketQueue grows, and uses blocks again that were given back", () => {
  const queue = new BucketQueue(1);
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 100_000; i++) queue.push(round, i);
    assertEquals(queue.size, 100_000);
    assertEquals(empty(queue, round), Array.from({ length: 100_000 }, (_, i) => i));
  }
  assertEquals(queue.pool.length, 2 ** 17);
});
