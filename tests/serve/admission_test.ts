import { assert, assertEquals, assertThrows } from "@std/assert";
import { Admission } from "../../src/serve/admission.ts";
import { ProblemError } from "../../src/serve/problem.ts";

const LIMITS = { maxRequests: 2, maxQueuedBytes: 100 };

Deno.test("enter() refuses with 503 what is over the number of requests, until one is done", () => {
  const admission = new Admission(LIMITS);
  const first = admission.enter();
  admission.enter();
  assertEquals(admission.depth, 2);
  const error = assertThrows(() => admission.enter(), ProblemError, "2 requests are at hand");
  assertEquals([error.status, error.headers["retry-after"]], [503, "1"]);
  first[Symbol.dispose]();
  first[Symbol.dispose](); // again is nothing
  assertEquals(admission.depth, 1);
  admission.enter();
});

Deno.test("addBytes() bounds the bytes of all requests together", () => {
  const admission = new Admission(LIMITS);
  const first = admission.enter();
  first.addBytes(70);
  const second = admission.enter();
  second.addBytes(30);
  assertThrows(() => second.addBytes(1), ProblemError, "no room for more bytes");
  first[Symbol.dispose]();
  second.addBytes(70);
});

Deno.test("retryAfterSeconds() is what the requests at hand take at the pace of the last ones", async () => {
  const admission = new Admission({ maxRequests: 50, maxQueuedBytes: 100 });
  for (let i = 0; i < 4; i++) {
    const ticket = admission.enter();
    await new Promise((resolve) => setTimeout(resolve, 60));
    ticket[Symbol.dispose]();
    await new Promise((resolve) => setTimeout(resolve, 100)); // idle: that is no pace
  }
  for (let i = 0; i < 40; i++) admission.enter();
  const seconds = admission.retryAfterSeconds(); // 40 times 0.06 s or somewhat more
  assert(seconds >= 3 && seconds <= 8, `${seconds}`);
});
