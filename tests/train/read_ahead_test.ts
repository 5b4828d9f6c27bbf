import { assert, assertEquals, assertRejects } from "@std/assert";
import { ReadAhead } from "../../src/train/read_ahead.ts";

Deno.test("next() gives every result in the order of the requests, then undefined", async () => {
  // Later requests are done earlier.
  const make = (request: number) => after(5 - request, 10 * request);
  const results = new ReadAhead([1, 2, 3, 4].values(), { make, ahead: 2 });
  for (const request of [1, 2, 3, 4]) {
    assertEquals(await results.next(), { request, result: 10 * request });
  }
  assertEquals(await results.next(), undefined);
});

Deno.test("next() keeps as many results in the making as it may, and no more", async () => {
  for (const ahead of [0, 3]) {
    const asked: number[] = [];
    const make = (request: number) => Promise.resolve(void asked.push(request));
    const results = new ReadAhead(Array(10).keys(), { make, ahead });
    await results.next();
    assertEquals(asked.length, 1 + ahead);
    await results.next();
    assertEquals(asked.length, 2 + ahead);
  }
});

Deno.test("next() throws an error in its turn, not when it happens", async () => {
  const make = (request: number) =>
    request === 2 ? Promise.reject(new Error("image 2")) : Promise.resolve(request);
  const results = new ReadAhead([1, 2, 3].values(), { make, ahead: 2 });
  assertEquals((await results.next())!.result, 1);
  await after(5, undefined);
  await assertRejects(() => results.next(), Error, "image 2");
});

Deno.test("waitedMs counts what next() waits, not what is made meanwhile", async () => {
  const make = (request: number) => after(40, request);
  const results = new ReadAhead([1, 2].values(), { make, ahead: 1 });
  await results.next();
  const first = results.waitedMs;
  assert(first >= 35, `${first} ms`);
  await after(60, undefined);
  await results.next();
  assert(results.waitedMs - first < 20, `${results.waitedMs - first} ms`);
});

function after<T>(durationMs: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), durationMs));
}
