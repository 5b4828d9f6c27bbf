import { assertEquals, assertStringIncludes } from "@std/assert";
import { type FuzzRequest, makeRequests } from "../../../scripts/fuzz/requests.ts";
import { fuzz } from "../../../scripts/fuzz/run.ts";

const GOOD = Uint8Array.of(1, 2, 3);

/** Fuzzes a server that answers by `handle`. */
async function fuzzServer(handle: (request: Request) => Response, requests: FuzzRequest[]) {
  const server = Deno.serve({ port: 0, onListen: () => {} }, (request) => {
    const isMetrics = new URL(request.url).pathname === "/metrics";
    return isMetrics ? new Response("polychromify_memory_bytes 209715200\n") : handle(request);
  });
  try {
    return await fuzz({ url: `http://127.0.0.1:${server.addr.port}`, requests, good: GOOD });
  } finally {
    await server.shutdown();
  }
}

const GET = (path: string): FuzzRequest => ({ path, method: "GET", headers: {}, body: undefined });

Deno.test("fuzz() counts answers, good ones in between, and memory", async () => {
  const requests = Array.from({ length: 60 }, (_, i) => GET(i % 2 === 0 ? "/yes" : "/no"));
  const report = await fuzzServer(
    (request) => new Response("x", { status: request.url.endsWith("/no") ? 404 : 200 }),
    requests,
  );
  assertEquals([report.sent, report.statuses], [60, { 200: 30, 404: 30 }]);
  assertEquals([report.goodSent, report.goodOk, report.peakMemoryMb], [2, 2, 200]);
  assertEquals(report.problems, []);
});

Deno.test("fuzz() finds a 500, and a good picture that fails", async () => {
  const broken = await fuzzServer(
    ({ method }) => new Response("x", { status: method === "POST" ? 503 : 500 }),
    [GET("/break")],
  );
  assertStringIncludes(broken.problems[0]!, "GET /break: 500");
  assertStringIncludes(broken.problems[1]!, "a good picture: 503");
});

Deno.test("makeRequests() makes the same requests for the same seed, of every kind", () => {
  const make = (seed: number) => makeRequests([GOOD], { runs: 300, seed });
  const requests = make(4);
  assertEquals(make(4).map(({ path }) => path), requests.map(({ path }) => path));
  const routes = new Set(requests.map(({ path }) => path.split("?")[0]!));
  for (const route of ["/v1/colorize", "/v1/suggest", "/hf", "/predictions"]) {
    assertEquals(routes.has(route), true, route);
  }
});
