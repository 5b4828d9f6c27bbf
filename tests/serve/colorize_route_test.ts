import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { unzipSync } from "fflate";
import { ModelNotFoundError } from "../../src/colorize/model.ts";
import { ImageError } from "../../src/image/errors.ts";
import { ProblemError, retryLater } from "../../src/serve/problem.ts";
import { assertProblem, echoService, post } from "./echo_service.ts";

Deno.test("POST /v1/colorize answers several candidates as multipart, or as ZIP where accepted", async () => {
  const { app } = echoService();
  const multipart = await app.request(...post("?candidates=3&format=webp", "xyz"));
  const type = multipart.headers.get("content-type")!;
  assertMatch(type, /^multipart\/mixed; boundary=/);
  assertEquals((await multipart.text()).match(/filename="[^"]*"/g), [
    ...[1, 2, 3].map((i) => `filename="candidate-${i}.webp"`),
  ]);
  const accept = { accept: "multipart/form-data" };
  const form = await app.request(...post("?candidates=2", "xyz", accept));
  const parts = await form.formData();
  assertEquals([...parts.keys()], ["candidate-1", "candidate-2"]);
  assertEquals(await (parts.get("candidate-2") as File).text(), "xyz");
  const zipped = await app.request(...post("?candidates=2", "xyz", { accept: "application/zip" }));
  assertEquals(zipped.headers.get("content-type"), "application/zip");
  const files = unzipSync(await zipped.bytes());
  assertEquals(Object.keys(files), ["candidate-1.png", "candidate-2.png"]);
  assertEquals(new TextDecoder().decode(files["candidate-2.png"]), "xyz");
});

Deno.test("POST /v1/colorize gives the work up after its time, or when the client leaves", async () => {
  const { app, logged } = echoService({
    colorize: (_, { signal }) =>
      new Promise((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason))),
  });
  await assertProblem(await app.request(...post("?timeout=0.01", "x")), 504, "time for it is over");
  const client = new AbortController();
  const [path, init] = post("", "x");
  const answer = app.request(path, { ...init, signal: client.signal });
  setTimeout(() => client.abort(), 10);
  await assertProblem(await answer, 499, "client has left");
  assertEquals(logged, []);
});

Deno.test("POST /v1/colorize counts the time from the beginning: a body must arrive in it", async () => {
  const { app, logged } = echoService({}, { timeoutSeconds: 0.05 });
  let isCanceled = false;
  const trickle = new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(1)),
    cancel: () => void (isCanceled = true),
  });
  await assertProblem(await app.request(...post("", trickle)), 504, "time for it is over");
  assert(isCanceled, "the upload goes on");
  assertEquals(logged, []);
});

Deno.test("POST /v1/colorize gives the same multipart body for the same request", async () => {
  const { app } = echoService();
  const ask = async (query: string, headers = {}) => {
    const response = await app.request(...post(query, "xyz", headers));
    return [response.headers.get("etag"), await response.text()];
  };
  assertEquals(await ask("?candidates=2"), await ask("?candidates=2&seed=0&points=[]"));
  assertNotEquals(await ask("?candidates=2"), await ask("?candidates=2&seed=1"));
});

Deno.test("POST /v1/colorize answers several candidates as Accept prefers, or 406", async () => {
  const { app } = echoService();
  const typeFor = async (accept: string) => {
    const response = await app.request(...post("?candidates=2", "xyz", { accept }));
    await response.body?.cancel();
    return response.headers.get("content-type")!.split(";")[0];
  };
  assertEquals(await typeFor("application/zip;q=0, */*"), "multipart/mixed");
  assertEquals(await typeFor("application/zip, */*;q=0.5"), "application/zip");
  assertEquals(await typeFor("image/webp"), "multipart/mixed");
  for (const accept of ["application/json", "image/gif"]) {
    const response = await app.request(...post("?candidates=2", "xyz", { accept }));
    await assertProblem(response, 406, "multipart/mixed, multipart/form-data, application/zip");
  }
});

Deno.test("POST /v1/colorize answers 503 with Retry-After when it cannot take more in", async () => {
  const { app } = echoService({
    admit: () => {
      throw retryLater(503, "Cannot take the request in: full", 7);
    },
  });
  const response = await app.request(...post("", "x"));
  assertEquals(response.headers.get("retry-after"), "7");
  await assertProblem(response, 503, "full");
});

Deno.test("POST /v1/colorize answers 413 to a body over the limit, announced or not", async () => {
  const { app } = echoService();
  const bytes = new Uint8Array(1001);
  const announced = post("", bytes, { "content-length": "1001" });
  await assertProblem(await app.request(...announced), 413, "at most 1000 bytes");
  const chunked = post("", new Blob([bytes]).stream());
  await assertProblem(await app.request(...chunked), 413, "at most 1000 bytes");
  const fitting = post("", new Blob([bytes.subarray(1)]).stream());
  assertEquals((await app.request(...fitting)).status, 200);
});

Deno.test("POST /v1/colorize answers 400 to a body that breaks off", async () => {
  const { app, logged } = echoService();
  const body = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(10));
      controller.error(new Error("connection reset"));
    },
  });
  await assertProblem(await app.request(...post("", body)), 400, "must be complete");
  assertEquals(logged, []);
});

Deno.test("POST /v1/colorize answers each failure with its status", async () => {
  const failures: [Error, number, string][] = [
    [new ImageError("unsupported", "Cannot decode: text"), 415, "text"],
    [new ImageError("too-large", "Cannot decode: pixels"), 413, "pixels"],
    [new ImageError("malformed", "Cannot decode: cut"), 422, "cut"],
    [new ModelNotFoundError("Cannot load model: unknown"), 404, "unknown"],
    [new ProblemError(503, "lost"), 503, "lost"],
  ];
  for (const [error, status, detail] of failures) {
    const { app, logged } = echoService({ colorize: () => Promise.reject(error) });
    await assertProblem(await app.request(...post("", "x")), status, detail);
    assertEquals(logged, []);
  }
});

Deno.test("POST /v1/colorize logs a failure of its own and does not tell its text", async () => {
  const failure = new Error("secret path");
  const { app, logged } = echoService({ colorize: () => Promise.reject(failure) });
  const response = await app.request(...post("", "x", { "x-request-id": "abc-1" }));
  const text = await response.clone().text();
  await assertProblem(response, 500, "request id");
  assertEquals(text.includes("secret"), false);
  assertStringIncludes(text, "abc-1");
  assertEquals(logged, [failure]);
});

Deno.test("POST /v1/colorize tags answers by picture, options and model, and answers 304 to a tag", async () => {
  const { app, seen } = echoService();
  const tag = async (query: string, body: string) =>
    (await app.request(...post(query, body))).headers.get("etag")!;
  const etag = await tag("?size=64", "x");
  assertMatch(etag, /^"[0-9a-f]{32}"$/);
  assertEquals(await tag("?size=64&timeout=9", "x"), etag);
  const others = [["?size=32", "x"], ["?size=64", "y"], ["?size=64&format=webp", "x"]] as const;
  for (const [query, body] of [...others, ["?size=64&model=other", "x"]] as const) {
    assertNotEquals(await tag(query, body), etag);
  }
  const calls = seen.length;
  const unchanged = await app.request(
    ...post("?size=64", "x", { "if-none-match": `"a", ${etag}` }),
  );
  assertEquals([unchanged.status, unchanged.headers.get("etag")], [304, etag]);
  assertEquals(seen.length, calls);
});
