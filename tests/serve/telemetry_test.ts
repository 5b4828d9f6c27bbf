import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Metrics } from "../../src/serve/metrics.ts";
import type { RequestLine } from "../../src/serve/telemetry.ts";
import { echoService, post } from "./echo_service.ts";

function makeMetrics(): Metrics {
  return new Metrics({
    depth: () => 3,
    memoryBytes: () => 123456789,
    status: () => ({ state: "ready", model: "mean", device: "CPU" }),
    device: () => ({ backend: "wasm", description: "CPU" }),
  });
}

Deno.test("each request leaves one line with id, status, time and stages", async () => {
  const lines: RequestLine[] = [];
  const { app } = echoService({}, { log: (line) => lines.push(line) });
  await app.request(...post("?size=64", "x", { "x-request-id": "abc-1" }));
  await app.request(...post("?size=1", "x"));
  const [good, bad] = lines as [RequestLine, RequestLine];
  assertEquals(lines.length, 2);
  assertMatch(good.time, /^\d{4}-\d\d-\d\dT.*Z$/);
  assertEquals(
    [good.requestId, good.method, good.path, good.status],
    ["abc-1", "POST", "/v1/colorize", 200],
  );
  assertEquals(good.stages, { decode: 12.3, infer: 5 });
  assertEquals(bad.status, 422);
  assertStringIncludes(bad.problem!, "option size");
});

Deno.test("GET /metrics counts requests by route, errors by reason, stages and batches", async () => {
  const metrics = makeMetrics();
  const { app } = echoService({}, { metrics });
  await app.request(...post("", "x"));
  await app.request(...post("", "x"));
  await app.request(...post("?size=1", "x"));
  await app.request("/made/up");
  metrics.noteBatch(3);
  const response = await app.request("/metrics");
  assertStringIncludes(response.headers.get("content-type")!, "text/plain");
  const text = await response.text();
  for (
    const line of [
      'polychromify_requests_total{route="/v1/colorize",status="200"} 2',
      'polychromify_requests_total{route="/v1/colorize",status="422"} 1',
      'polychromify_requests_total{route="other",status="404"} 1',
      'polychromify_errors_total{reason="Unprocessable Content"} 1',
      'polychromify_stage_seconds_count{stage="decode"} 2',
      'polychromify_batch_size_bucket{le="4"} 1',
      "polychromify_queue_depth 3",
      "polychromify_ready 1",
      'polychromify_device_info{backend="wasm",device="CPU",model="mean"} 1',
    ]
  ) {
    assertStringIncludes(text, line);
  }
  assertStringIncludes(text, "polychromify_memory_bytes 123456789");
});

Deno.test("GET /metrics is no route where nothing counts", async () => {
  assertEquals((await echoService().app.request("/metrics")).status, 404);
});
