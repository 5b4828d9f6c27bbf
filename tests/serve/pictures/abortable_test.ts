import { assertEquals, assertRejects } from "@std/assert";
import { abortable } from "../../../src/serve/pictures/abortable.ts";

const never = () => new Promise<number>(() => {});

Deno.test("abortable() gives what the task gives, with a signal and without", async () => {
  const { signal } = new AbortController();
  assertEquals(await abortable(Promise.resolve(7), signal), 7);
  assertEquals(await abortable(Promise.resolve(7), undefined), 7);
  await assertRejects(() => abortable(Promise.reject(new Error("own")), signal), Error, "own");
});

Deno.test("abortable() waits no longer than the signal, also one that was over before", async () => {
  const stop = new AbortController();
  const waiting = abortable(never(), stop.signal);
  stop.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
  await assertRejects(() => abortable(never(), stop.signal), Error, "enough");
});
