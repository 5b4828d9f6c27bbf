/** What the API's description says of the dialects' bodies, against what they take and answer. */
import { assertEquals } from "@std/assert";
import { z } from "zod";
import type { ModelInfo } from "../../../src/colorize/model.ts";
import { openApiDocument } from "../../../src/serve/openapi.ts";
import { echoService } from "../echo_service.ts";

const PICTURE = btoa("xyz");
const OPTIONS = { vividness: 0.5, format: "webp", points: [{ x: 1, y: 2, color: "#102030" }] };
const IMAGE = { name: "image", datatype: "BYTES", shape: [1], data: [PICTURE] };

/** Bodies that are taken, and others that lack what they need or have it wrong. */
const CASES = [
  {
    ...{ method: "post", path: "/predictions" },
    taken: [{ input: { image: PICTURE } }, { id: "a", input: { image: PICTURE, ...OPTIONS } }],
    refused: [{}, { input: OPTIONS }, { input: { image: PICTURE, vividness: 2 } }, {
      input: { image: "" },
    }],
  },
  {
    ...{ method: "put", path: "/predictions/{id}" },
    taken: [
      { input: { image: PICTURE, candidates: 2, seed: 7 } },
      { input: { image: PICTURE, vividness: 1e-7 } },
    ],
    refused: [{ input: { image: 3 } }, { input: { image: PICTURE }, id: 5 }],
  },
  {
    ...{ method: "post", path: "/hf/{model}" },
    taken: [{ inputs: PICTURE }, { inputs: PICTURE, parameters: OPTIONS }],
    refused: [{ parameters: OPTIONS }, { inputs: PICTURE, parameters: { size: 1 } }],
  },
  {
    ...{ method: "post", path: "/v2/models/{model}/infer" },
    taken: [{ inputs: [IMAGE] }, { id: "b", inputs: [IMAGE], parameters: OPTIONS }],
    refused: [
      ...[{}, { inputs: [] }, { inputs: [{ ...IMAGE, name: "picture" }] }],
      ...[[2], []].map((shape) => ({ inputs: [{ ...IMAGE, shape }] })),
      { inputs: [{ ...IMAGE, data: undefined }] },
    ],
  },
];

for (const { method, path, taken, refused } of CASES) {
  Deno.test(`the bodies of ${method.toUpperCase()} ${path} are as they are described`, async () => {
    const { app } = echoService();
    const { requestBody, responses } = documentOf().paths[path][method];
    const body = schemaOf(requestBody.content);
    for (const [i, value] of [...taken, ...refused].entries()) {
      const isTaken = i < taken.length;
      assertEquals(body.safeParse(value).success, isTaken, JSON.stringify(value));
      const response = await app.request(path.replace(/\{\w+\}/, `mean${i}`), {
        method: method.toUpperCase(),
        headers: { "content-type": "application/json" },
        body: JSON.stringify(value),
      });
      const { status } = response;
      assertEquals(status === 200, isTaken, `${JSON.stringify(value)}: ${status}`);
      const content = responses[status].content;
      const [type] = response.headers.get("content-type")!.split(";");
      if (type!.startsWith("image/")) await response.body?.cancel();
      else schemaOf(content, type).parse(await response.json());
    }
  });
}

Deno.test("the answers of GET /v2/models/{model} and to what is put asynchronously are as described", async () => {
  const info = { name: "mean", hasWeights: true } as ModelInfo;
  const { app } = echoService({ models: () => Promise.resolve([info]) });
  const { paths } = documentOf();
  const metadata = await app.request("/v2/models/mean");
  const { responses } = paths["/v2/models/{model}"].get;
  schemaOf(responses[200].content).parse(await metadata.json());
  const begun = await app.request("/predictions/x", {
    method: "PUT",
    headers: { "content-type": "application/json", prefer: "respond-async" },
    body: JSON.stringify({ input: { image: PICTURE } }),
  });
  assertEquals(begun.status, 202);
  const put = paths["/predictions/{id}"].put;
  schemaOf(put.responses[202].content).parse(await begun.json());
});

// deno-lint-ignore no-explicit-any -- a document is read like any JSON
function documentOf(): any {
  const document = openApiDocument({ needsToken: false, fetchHosts: [] });
  const { schemas } = document.components as { schemas: Record<string, unknown> };
  // References stand for what they name.
  return JSON.parse(JSON.stringify(document), (_, value) => {
    const name = /^#\/components\/schemas\/(\w+)$/.exec(value?.$ref ?? "")?.[1];
    return name === undefined ? value : schemas[name];
  });
}

function schemaOf(
  content: Record<string, { schema: unknown }>,
  type = "application/json",
): z.ZodType {
  return z.fromJSONSchema(content[type]!.schema as never);
}
