import { assertEquals, assertStringIncludes } from "@std/assert";
import { assertProblem, echoService } from "./echo_service.ts";

Deno.test("GET /readyz answers 200 only while the service is ready", async () => {
  assertEquals((await echoService().app.request("/readyz")).status, 200);
  for (const state of ["starting", "draining", "recovering", "failed"] as const) {
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
    takesVividness: false,
    suggestsColors: false,
    sizePx: 64,
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
