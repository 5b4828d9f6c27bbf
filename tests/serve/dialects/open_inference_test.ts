import { assertEquals, assertStringIncludes } from "@std/assert";
import { ModelNotFoundError } from "../../../src/colorize/model.ts";
import { echoService } from "../echo_service.ts";

const MODELS = [
  {
    name: "mean",
    title: "",
    parameters: 0,
    hasWeights: true,
    takesHints: false,
    takesVividness: false,
    suggestsColors: false,
    sizePx: 64,
  },
  {
    name: "raw",
    title: "",
    parameters: 9,
    hasWeights: false,
    takesHints: false,
    takesVividness: false,
    suggestsColors: false,
    sizePx: 64,
  },
];

function makeApp(overrides = {}) {
  return echoService({ models: () => Promise.resolve(MODELS), ...overrides });
}

function infer(body: unknown, headers: HeadersInit = {}): [string, RequestInit] {
  const text = body instanceof Uint8Array ? body as Uint8Array<ArrayBuffer> : JSON.stringify(body);
  return ["/v2/models/mean/infer", { method: "POST", body: text, headers }];
}

const IMAGE = { name: "image", datatype: "BYTES", shape: [1], data: [btoa("xyz")] };

Deno.test("/v2 tells of the server, its health and its models", async () => {
  const { app } = makeApp();
  const server = await (await app.request("/v2")).json();
  assertEquals(server.name, "polychromify");
  assertEquals(server.extensions, ["binary_tensor_data"]);
  const status = async (path: string) => (await app.request(path)).status;
  assertEquals(await status("/v2/health/live"), 200);
  assertEquals(await status("/v2/health/ready"), 200);
  const model = await (await app.request("/v2/models/mean")).json();
  const tensor = { name: "image", datatype: "BYTES", shape: [-1] };
  assertEquals([model.name, model.inputs, model.outputs], ["mean", [tensor], [tensor]]);
  const ready = await app.request("/v2/models/mean/ready");
  assertEquals([ready.status, await ready.json()], [200, { name: "mean", ready: true }]);
  assertEquals(await status("/v2/models/raw/ready"), 503);
  const unknown = await app.request("/v2/models/none");
  assertEquals(unknown.status, 404);
  assertStringIncludes((await unknown.json()).error, "Cannot find model none");
  const draining = makeApp({ status: () => ({ state: "draining", detail: "" }) }).app;
  assertEquals((await draining.request("/v2/health/ready")).status, 503);
});

Deno.test("/v2 infers a picture in base64, with options as parameters", async () => {
  const { app, seen } = makeApp();
  const parameters = { vividness: 0.25, candidates: 2, points: [{ x: 1, y: 2, color: "#010203" }] };
  const response = await app.request(...infer({ id: "7", inputs: [IMAGE], parameters }));
  assertEquals(await response.json(), {
    ...{ model_name: "mean", model_version: "1", id: "7" },
    outputs: [{
      ...{ name: "image", datatype: "BYTES", shape: [2] },
      data: [btoa("xyz"), btoa("xyz")],
    }],
  });
  assertEquals([seen[0]!.vividness, seen[0]!.candidates, seen[0]!.model], [0.25, 2, "mean"]);
  assertEquals(seen[0]!.points, [{ x: 1, y: 2, rgb: [1, 2, 3] }]);
});

Deno.test("/v2 infers by the binary extension, in and out", async () => {
  const { app } = makeApp();
  const { data: _, ...image } = IMAGE;
  const header = new TextEncoder().encode(JSON.stringify({
    inputs: [{ ...image, parameters: { binary_data_size: 7 } }],
    outputs: [{ name: "image", parameters: { binary_data: true } }],
  }));
  const body = Uint8Array.from([...header, 3, 0, 0, 0, ...new TextEncoder().encode("xyz")]);
  const length = { "inference-header-content-length": String(header.length) };
  const response = await app.request(...infer(body, length));
  const size = Number(response.headers.get("inference-header-content-length"));
  const bytes = await response.bytes();
  const about = JSON.parse(new TextDecoder().decode(bytes.subarray(0, size)));
  assertEquals(about.outputs[0].parameters, { binary_data_size: 7 });
  assertEquals(bytes.subarray(size), body.subarray(header.length));
});

Deno.test("/v2 says what is wrong with a request in its own form", async () => {
  const { app } = makeApp();
  const cases: [unknown, string, HeadersInit?][] = [
    [new TextEncoder().encode("{"), "must be JSON"],
    [[], "must be a JSON object"],
    [{}, "one tensor named image"],
    [{ inputs: [IMAGE, IMAGE] }, "one tensor"],
    [{ inputs: [{ ...IMAGE, datatype: "FP32" }] }, "datatype BYTES"],
    [{ inputs: [{ ...IMAGE, data: [] }] }, "one picture, got 0"],
    [{ inputs: [{ ...IMAGE, data: ["http://10.0.0.1/a.png"] }] }, "a picture in base64"],
    [{ inputs: [IMAGE], parameters: { size: 3 } }, "option size"],
    [{ inputs: [{ ...IMAGE, parameters: { binary_data_size: 9 } }] }, "binary_data_size"],
    [{ inputs: [IMAGE] }, "must lie in the body", { "inference-header-content-length": "9999" }],
  ];
  for (const [body, text, headers] of cases) {
    const response = await app.request(...infer(body, headers));
    assertEquals(response.status === 400 || response.status === 422, true);
    const { error, ...others } = await response.json();
    assertStringIncludes(error, text);
    assertEquals(others, {});
  }
});

Deno.test("/v2 has one version of a model, by name too, and says so of others", async () => {
  const { app } = makeApp();
  assertEquals((await app.request("/v2/models/mean/versions/1")).status, 200);
  assertEquals((await app.request("/v2/models/mean/versions/1/ready")).status, 200);
  const [, init] = infer({ inputs: [IMAGE] });
  const versioned = await app.request("/v2/models/mean/versions/1/infer", init);
  assertEquals((await versioned.json()).model_version, "1");
  for (const path of ["/v2/models/mean/versions/2", "/v2/nothing"]) {
    const response = await app.request(path);
    assertEquals([response.status, typeof (await response.json()).error], [404, "string"]);
  }
});

Deno.test("/v2 takes one tensor named image, and gives no other", async () => {
  const { app } = makeApp();
  const status = async (body: object) => (await app.request(...infer(body))).status;
  assertEquals(await status({ inputs: [{ ...IMAGE, name: "x" }] }), 400);
  assertEquals(await status({ inputs: [{ ...IMAGE, shape: [3] }] }), 400);
  assertEquals(await status({ inputs: [IMAGE], outputs: [{ name: "zzz" }] }), 400);
  assertEquals(await status({ inputs: [IMAGE], outputs: [{ name: "image" }] }), 200);
});

Deno.test("/v2 takes colors by hand for any model that there is", async () => {
  const version = (name = "") =>
    name === "mean" ? Promise.resolve("1") : Promise.reject(new ModelNotFoundError("none"));
  const { app, seen } = makeApp({ version });
  const points = [{ x: 1, y: 2, color: "#102030" }];
  const body = { inputs: [IMAGE], parameters: { method: "geodesic", points } };
  assertEquals((await app.request(...infer(body))).status, 200);
  assertEquals([seen[0]!.model, seen[0]!.source?.kind], [undefined, "spread"]);
  const other = { method: "POST", body: JSON.stringify(body) };
  assertEquals((await app.request("/v2/models/none/infer", other)).status, 404);
});
