import { InferenceClient } from "@huggingface/inference";
import { assertEquals, assertRejects } from "@std/assert";
import { assertProblem, echoService } from "../echo_service.ts";

Deno.test("Hugging Face's own client gets a picture, with and without parameters", async () => {
  const { app, seen } = echoService();
  const server = Deno.serve({ port: 0, onListen: () => {} }, app.fetch);
  const endpointUrl = `http://127.0.0.1:${server.addr.port}/hf/palette`;
  const client = new InferenceClient(undefined, { endpointUrl, retry_on_error: false });
  const inputs = new Blob(["xyz"], { type: "image/png" });
  const plain = await client.imageToImage({ inputs });
  assertEquals([plain.type, await plain.text()], ["image/png", "xyz"]);
  const parameters = { vividness: 0.5 } as Record<string, unknown>;
  const vivid = await client.imageToImage({ inputs, parameters });
  assertEquals(await vivid.text(), "xyz");
  assertEquals(seen.map(({ model, vividness }) => [model, vividness]), [
    ["palette", undefined],
    ["palette", 0.5],
  ]);
  const wrong = { vividness: 7 } as Record<string, unknown>;
  await assertRejects(() => client.imageToImage({ inputs, parameters: wrong }), Error, "vividness");
  await server.shutdown();
});

Deno.test("POST /hf answers what Accept prefers, by the default model, and one picture only", async () => {
  const { app, seen } = echoService();
  const post = (body: BodyInit, headers: HeadersInit) =>
    app.request("/hf", { method: "POST", body, headers });
  const response = await post("xyz", { "content-type": "image/jpeg", accept: "image/webp" });
  assertEquals(response.headers.get("content-type"), "image/webp");
  assertEquals(seen[0]!.model, undefined);
  const json = { "content-type": "application/json" };
  const several = JSON.stringify({ inputs: btoa("xyz"), parameters: { candidates: 2 } });
  await assertProblem(await post(several, json), 422, "one picture here");
  await assertProblem(await post("{}", json), 422, "inputs: it must be a picture in base64");
  await assertProblem(await post('{"inputs": "eHl6", "parameters": 1}', json), 422, "an object");
  await assertProblem(await post("", { "content-type": "image/png" }), 400, "it is empty");
});

Deno.test("POST /hf/MODEL needs no model for colors by hand, and takes a reference", async () => {
  const { app, seen } = echoService();
  const post = (parameters: unknown) =>
    app.request("/hf/palette", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ inputs: btoa("xyz"), parameters }),
    });
  const points = [{ x: 1, y: 2, color: "#102030" }];
  const asked = [
    { method: "geodesic", points },
    { method: "geodesic", points, keep_rest: true },
    { reference: btoa("abc") },
    { reference: btoa("abc"), transfer: "welsh" },
  ];
  for (const parameters of asked) assertEquals((await post(parameters)).status, 200);
  assertEquals(seen.map(({ model }) => model), [undefined, "palette", "palette", undefined]);
  const empty = "data:image/png;base64,";
  await assertProblem(await post({ reference: empty }), 422, "reference: it must be a picture");
});
