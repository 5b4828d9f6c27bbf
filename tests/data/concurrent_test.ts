import { assertEquals, assertRejects } from "@std/assert";
import { forEachConcurrently } from "../../src/data/concurrent.ts";

async function* numbers(count: number, failAt = Infinity) {
  for (let i = 0; i < count; i++) {
    if (i === failAt) throw new Error("the stream broke");
    yield await Promise.resolve(i);
  }
}

Deno.test("forEachConcurrently() works on all items, never on more than the limit", async () => {
  let running = 0, most = 0;
  const done: number[] = [];
  await forEachConcurrently(numbers(20), 3, async (item) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, (item * 7) % 5));
    running--;
    done.push(item);
  });
  assertEquals(most, 3);
  assertEquals(done.sort((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i));
});

Deno.test("forEachConcurrently() throws the first error once all work has ended", async () => {
  let begun = 0, ended = 0;
  const work = async (item: number) => {
    begun++;
    await new Promise((resolve) => setTimeout(resolve, 2));
    ended++;
    if (item === 4) throw new Error("no four");
  };
  await assertRejects(() => forEachConcurrently(numbers(1000), 3, work), Error, "no four");
  assertEquals(begun, ended);
  assertEquals(begun < 20, true, `${begun} begun`);
  await assertRejects(() => forEachConcurrently(numbers(9, 5), 3, work), Error, "stream broke");
  assertEquals(begun, ended);
});
