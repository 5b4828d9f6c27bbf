import { assert, assertEquals } from "@std/assert";
import { requestSignal } from "../../src/serve/request_signal.ts";

const request = (signal: AbortSignal) => new Request("http://localhost/", { signal });

Deno.test("requestSignal() tells a client that leaves from time that is over", async () => {
  const client = new AbortController();
  const signal = requestSignal(request(client.signal), 60);
  assert(!signal.aborted);
  client.abort("whatever the server calls it");
  assertEquals([signal.aborted, signal.reason.name], [true, "AbortError"]);
  const late = requestSignal(request(new AbortController().signal), 0.01);
  await new Promise((resolve) => late.addEventListener("abort", resolve));
  assertEquals(late.reason.name, "TimeoutError");
});

Deno.test("requestSignal() of a client that has left is aborted from the start", () => {
  assertEquals(requestSignal(request(AbortSignal.abort()), 60).reason.name, "AbortError");
});
