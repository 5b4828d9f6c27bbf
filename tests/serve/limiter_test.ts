import { assertEquals, assertRejects } from "@std/assert";
import { createLimiter } from "../../src/serve/limiter.ts";

Deno.test("createLimiter() runs at most `limit` tasks at once, in order", async () => {
  const limiter = createLimiter(2);
  let running = 0, most = 0;
  const started: number[] = [];
  const results = await Promise.all(
    [...Array(10).keys()].map((index) =>
      limiter(async () => {
        started.push(index);
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, index % 3));
        running--;
        return index * index;
      })
    ),
  );
  assertEquals(most, 2);
  assertEquals(started, [...Array(10).keys()]);
  assertEquals(results, [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]);
});

Deno.test("createLimiter() goes on after a task that fails", async () => {
  const limiter = createLimiter(1);
  const failing = limiter(() => Promise.reject(new Error("broken")));
  const next = limiter(() => Promise.resolve("fine"));
  await assertRejects(() => failing, Error, "broken");
  assertEquals(await next, "fine");
});

Deno.test("createLimiter() lets no newcomer in while a place is handed on", async () => {
  const limiter = createLimiter(1);
  let running = 0, most = 0;
  const task = async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
  };
  const first = limiter(task), second = limiter(task);
  // Arrives in the very turn in which the first one's place goes to the second.
  await Promise.all([first.then(() => limiter(task)), second]);
  assertEquals(most, 1);
});
