import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ModelNotFoundError } from "../../src/colorize/model.ts";
import { ImageError } from "../../src/image/errors.ts";
import { createApp } from "../../src/serve/app.ts";
import { ProblemError } from "../../src/serve/problem.ts";
import type { PictureOptions, Service, ServiceStatus } from "../../src/serve/service.ts";

const READY: ServiceStatus = { state: "ready", model: "mean", device: "CPU" };

/** A service that answers the bytes it got, and notes the options. */
function echoService(overrides: Partial<Service> = {}) {
  const seen: PictureOptions[] = [];
  const service: Service = {
    started: Promise.resolve(),
    status: () => READY,
    defaultModel: "mean",
    models: () => Promise.resolve([]),
    colorize: (picture, options) => {
      seen.push(options);
      return Promise.resolve(picture);
    },
    drain: () => {},
    ...overrides,
  };
  const logged: unknown[] = [];
  const logError = (_id: string, error: unknown) => void logged.push(error);
  return { seen, logged, app: createApp({ service, maxBodyBytes: 1000, logError }) };
}

function post(query: string, body: BodyInit, headers: HeadersInit = {}): [string, RequestInit] {
  return [`/v1/colorize${query}`, { method: "POST", body, headers }];
}

async function assertProblem(response: Response, status: number, detail: string): Promise<void> {
  const problem = await response.json();
  assertEquals([response.status, problem.status], [status, status], problem.detail);
  assertEquals(response.headers.get("content-type"), "application/problem+json");
  assertEquals(problem.type, "about:blank");
  assertEquals(problem.requestId, response.headers.get("x-request-id"));
  assertMatch(problem.title, /^[A-Z]/);
  assertMatch(problem.instance, /^\//);
  assertStringIncludes(problem.detail, detail);
}

Deno.test("POST /v1/colorize colorizes a raw body, whatever its content type", async () => {
  for (const type of ["image/jpeg", "application/x-www-form-urlencoded", "text/plain"]) {
    const { app, seen } = echoService();
    const response = await app.request(
      ...post("", new Uint8Array([1, 2]), { "content-type": type }),
    );
    assertEquals(response.status, 200);
    assertEquals(await response.bytes(), new Uint8Array([1, 2]));
    assertEquals(response.headers.get("content-type"), "image/png");
    assertEquals(response.headers.get("vary"), "Accept");
    assertEquals(seen, [{ model: undefined, sizePx: undefined, format: "png" }]);
  }
});

Deno.test("POST /v1/colorize hands on model, size and the accepted format", async () => {
  const { app, seen } = echoService();
  const response = await app.request(
    ...post("?model=cnn&size=128", "x", { accept: "image/webp, image/png;q=0.5" }),
  );
  assertEquals(response.headers.get("content-type"), "image/webp");
  assertEquals(seen, [{ model: "cnn", sizePx: 128, format: "webp" }]);
});

Deno.test("POST /v1/colorize takes a form with the field image and options", async () => {
  const { app, seen } = echoService();
  const form = new FormData();
  form.set("image", new File([new Uint8Array([7, 8, 9])], "photo.jpg"));
  form.set("size", "32");
  const response = await app.request(...post("?model=cnn", form));
  assertEquals(await response.bytes(), new Uint8Array([7, 8, 9]));
  assertEquals(seen, [{ model: "cnn", sizePx: 32, format: "png" }]);
});

Deno.test("POST /v1/colorize answers 400 to a form without one picture", async () => {
  const { app } = echoService();
  const form = new FormData();
  await assertProblem(
    await app.request(...post("", form)),
    400,
    "image must be one file, got none",
  );
  form.set("image", "text");
  await assertProblem(await app.request(...post("", form)), 400, "got 1 of kind string");
  const broken = post("", "no form", { "content-type": "multipart/form-data; boundary=x" });
  await assertProblem(await app.request(...broken), 400, "must be multipart/form-data");
});

Deno.test("POST /v1/colorize answers 400 to an empty body", async () => {
  const { app } = echoService();
  await assertProblem(await app.request(...post("", "")), 400, "it is empty");
  await assertProblem(await app.request("/v1/colorize", { method: "POST" }), 400, "it is empty");
});

Deno.test("POST /v1/colorize answers 422 to options that do not fit", async () => {
  const { app } = echoService();
  const cases = {
    "?size=": "size",
    "?size=7": "8 to 256",
    "?size=257": '"257"',
    "?size=64.5": "whole number",
    "?size=1e2": "whole number",
    "?model=": "must be a name",
    "?size=64&size=32": "given once",
    "?colour=red": "one of model, size",
  };
  for (const [query, detail] of Object.entries(cases)) {
    await assertProblem(await app.request(...post(query, "x")), 422, detail);
  }
});

Deno.test("POST /v1/colorize answers 406 when no format is acceptable", async () => {
  const { app } = echoService();
  const response = await app.request(...post("", "x", { accept: "text/html" }));
  await assertProblem(response, 406, "image/png, image/jpeg, image/webp, image/avif");
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

Deno.test("GET /readyz answers 200 only while the service is ready", async () => {
  assertEquals((await echoService().app.request("/readyz")).status, 200);
  for (const state of ["starting", "draining", "failed"] as const) {
    const { app } = echoService({ status: () => ({ state, detail: "because" }) });
    await assertProblem(await app.request("/readyz"), 503, `${state}: because`);
    assertEquals((await app.request("/healthz")).status, 200);
  }
});

Deno.test("GET /models lists the models and the default", async () => {
  const models = [{
    name: "mean",
    title: "Mean color",
    parameters: 0,
    hasWeights: true,
    takesHints: false,
  }];
  const { app } = echoService({ models: () => Promise.resolve(models) });
  assertEquals(await (await app.request("/models")).json(), { default: "mean", models });
});

Deno.test("GET / tells in text how to use the service", async () => {
  assertStringIncludes(await (await echoService().app.request("/")).text(), "/v1/colorize");
});

Deno.test("unknown paths answer 404, unknown methods 405 with Allow", async () => {
  const { app } = echoService();
  await assertProblem(await app.request("/v1/nothing"), 404, "/v1/nothing");
  const response = await app.request("/v1/colorize");
  assertEquals(response.headers.get("allow"), "POST");
  await assertProblem(response, 405, "use POST");
  const deleted = await app.request("/models", { method: "DELETE" });
  assertEquals(deleted.headers.get("allow"), "GET, HEAD");
  await assertProblem(deleted, 405, "use GET, HEAD");
});
