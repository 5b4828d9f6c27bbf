import { assertEquals, assertMatch } from "@std/assert";
import { retryLater } from "../../../src/serve/problem.ts";
import type { Colorized } from "../../../src/serve/service.ts";
import { assertProblem, echoService } from "../echo_service.ts";

const INPUT = { image: `data:image/jpeg;base64,${btoa("xyz")}` };
const OUTPUT = `data:image/png;base64,${btoa("xyz")}`;

function request(method: string, body: unknown, headers: HeadersInit = {}): RequestInit {
  return { method, body: JSON.stringify(body), headers };
}

Deno.test("POST /predictions answers a data URL, several for several candidates", async () => {
  const { app, seen } = echoService();
  const one = await app.request("/predictions", request("POST", { input: INPUT }));
  const prediction = await one.json();
  assertEquals([one.status, prediction.status, prediction.output], [200, "succeeded", OUTPUT]);
  assertMatch(prediction.id, /^[0-9a-f-]{36}$/);
  assertEquals(typeof prediction.metrics.predict_time, "number");
  const input = { ...INPUT, candidates: 2, vividness: 1, format: "webp" };
  const two = await (await app.request("/predictions", request("POST", { input }))).json();
  assertEquals(two.output.length, 2);
  assertMatch(two.output[0], /^data:image\/webp;base64,/);
  assertEquals(seen[1]!.vividness, 1);
});

Deno.test("POST /predictions takes a reference and strokes as data URLs", async () => {
  const { app, seen } = echoService();
  const predict = (input: unknown) => app.request("/predictions", request("POST", { input }));
  const reference = { ...INPUT, reference: INPUT.image, transfer: "welsh" };
  assertEquals((await predict(reference)).status, 200);
  const points = [{ x: 1, y: 2, color: "#102030" }];
  const strokes = { ...INPUT, strokes: INPUT.image, method: "geodesic", points, keep_rest: true };
  assertEquals((await predict(strokes)).status, 200);
  const bytes = { 0: 120, 1: 121, 2: 122 }; // as the service that notes them has it
  assertEquals(seen.map(({ source }) => JSON.parse(JSON.stringify(source))), [
    { kind: "transfer", transfer: "welsh", reference: bytes, swatches: [] },
    { kind: "spread", method: "geodesic", keepsRest: true, strokes: bytes },
  ]);
  await assertProblem(await predict({ ...INPUT, reference: "http://x/y.png" }), 422, "reference");
});

Deno.test("PUT /predictions/ID makes a prediction once", async () => {
  const { app, seen } = echoService();
  const put = () => app.request("/predictions/abc", request("PUT", { input: INPUT }));
  const [first, second] = await Promise.all([put(), put()]);
  assertEquals([first.status, second.status], [200, 200]);
  assertEquals(await first.json(), await second.json());
  const later = await (await put()).json();
  assertEquals([later.id, later.output, seen.length], ["abc", OUTPUT, 1]);
  const other = request("PUT", { input: { ...INPUT, vividness: 1 } });
  await assertProblem(await app.request("/predictions/abc", other), 422, "another input");
});

Deno.test("POST /predictions/ID/cancel ends the work of an asynchronous prediction", async () => {
  let ended = false;
  const { app } = echoService({
    colorize: (_, { signal }) =>
      new Promise<Colorized>((_, reject) =>
        signal!.addEventListener("abort", () => {
          ended = true;
          reject(signal!.reason);
        })
      ),
  });
  const put = (headers = {}) =>
    app.request("/predictions/abc", request("PUT", { input: INPUT }, headers));
  const started = await put({ prefer: "respond-async" });
  assertEquals([started.status, (await started.json()).status], [202, "processing"]);
  const canceled = await app.request("/predictions/abc/cancel", { method: "POST" });
  assertEquals([canceled.status, ended], [200, true]);
  assertEquals((await (await put()).json()).status, "canceled");
  const unknown = await app.request("/predictions/none/cancel", { method: "POST" });
  await assertProblem(unknown, 404, "none of this id");
});

Deno.test("/predictions refuses URLs, webhooks and pictures that are none", async () => {
  const { app } = echoService();
  const post = (body: unknown) => app.request("/predictions", request("POST", body));
  await assertProblem(
    await post({ input: { image: "http://10.0.0.1/x.png" } }),
    422,
    "input.image: it must be a picture in base64",
  );
  await assertProblem(await post({}), 422, "input.image");
  await assertProblem(
    await post({ input: INPUT, webhook: "http://10.0.0.1" }),
    422,
    "this server calls no URLs",
  );
  await assertProblem(await post({ input: { ...INPUT, quality: 101 } }), 422, "option quality");
});

Deno.test("GET /health-check tells the state", async () => {
  const state = async (overrides: Parameters<typeof echoService>[0]) =>
    (await (await echoService(overrides).app.request("/health-check")).json()).status;
  assertEquals(await state({}), "READY");
  assertEquals(await state({ status: () => ({ state: "failed", detail: "" }) }), "SETUP_FAILED");
});

Deno.test("/predictions gives every place back, also when it refuses or answers at once", async () => {
  let places = 0;
  const admit = () => {
    places++;
    return { addBytes: () => {}, [Symbol.dispose]: () => void places-- };
  };
  const { app } = echoService({ admit });
  const ask = async (body: unknown, headers: HeadersInit = {}) => {
    const response = await app.request("/predictions", request("POST", body, headers));
    await response.body?.cancel();
  };
  await ask({ input: INPUT });
  await ask({});
  await ask([]);
  await ask({ input: { ...INPUT, size: 1 } });
  await ask({ input: INPUT }, { prefer: "respond-async" });
  await ask({ id: 3, input: INPUT });
  await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals(places, 0);
});

Deno.test("/predictions take the id of the body, which must be that of the path", async () => {
  const { app } = echoService();
  const named = await app.request("/predictions", request("POST", { id: "my1", input: INPUT }));
  assertEquals((await named.json()).id, "my1");
  const put = (id: string) => app.request("/predictions/abc", request("PUT", { id, input: INPUT }));
  assertEquals((await put("abc")).status, 200);
  await assertProblem(await put("other"), 422, "must be that of the path, abc");
});

Deno.test("/predictions that nobody could ask for again are not made while the client is away", async () => {
  const away = request("POST", { input: INPUT }, { prefer: "respond-async" });
  await assertProblem(await echoService().app.request("/predictions", away), 422, "PUT");
});

Deno.test("/predictions remember answers for no more than some megabytes", async () => {
  const file = new Uint8Array(20e6);
  const { app, seen } = echoService({
    colorize: (_, { signal: _signal, ...options }) => {
      seen.push(options);
      return Promise.resolve({ files: [file], ms: {} });
    },
  });
  const put = async (id: string) => {
    await (await app.request(`/predictions/${id}`, request("PUT", { input: INPUT }))).body
      ?.cancel();
  };
  for (const id of ["one", "two", "three"]) await put(id); // 27 MB each in base64
  assertEquals(seen.length, 3);
  await put("three");
  assertEquals(seen.length, 3, "the last one is remembered");
  await put("one");
  assertEquals(seen.length, 4, "the first one is forgotten");
});

Deno.test("PUT /predictions/ID that failed is made anew, and a POST of the same id is another one", async () => {
  let calls = 0;
  const { app } = echoService({
    colorize: (picture) => {
      if (calls++ === 0) throw retryLater(503, "Cannot colorize: not now", 2);
      return Promise.resolve({ files: [picture], ms: {} });
    },
  });
  const put = () => app.request("/predictions/abc", request("PUT", { input: INPUT }));
  await assertProblem(await put(), 503, "not now");
  assertEquals((await (await put()).json()).status, "succeeded");
  await (await app.request("/predictions", request("POST", { id: "abc", input: INPUT }))).json();
  assertEquals(calls, 3);
  await (await put()).json();
  assertEquals(calls, 3, "what was put is remembered");
});

Deno.test("PUT /predictions/ID tells once of what failed while the client was away, and logs it", async () => {
  const logged: unknown[] = [];
  let calls = 0;
  const { app } = echoService({
    colorize: (picture) => {
      if (calls++ === 0) throw new Error("broken");
      return Promise.resolve({ files: [picture], ms: {} });
    },
  }, { logError: (_, error) => logged.push(((error as Error).cause as Error).message) });
  const put = () =>
    app.request("/predictions/abc", request("PUT", { input: INPUT }, { prefer: "respond-async" }));
  assertEquals((await put()).status, 202);
  await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals(logged, ["broken"]);
  await assertProblem(await put(), 500, "The server failed");
  assertEquals((await put()).status, 202);
  assertEquals(calls, 2);
});

Deno.test("PUT /predictions/ID ends by the server's time, whatever it asks for", async () => {
  const { app } = echoService({
    colorize: (_, { signal }) =>
      new Promise((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason))),
  }, { timeoutSeconds: 0.05 });
  const input = { ...INPUT, timeout: 100 };
  await assertProblem(
    await app.request("/predictions/abc", request("PUT", { input })),
    504,
    "time",
  );
});
