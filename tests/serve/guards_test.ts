import { assertEquals, assertStringIncludes } from "@std/assert";
import { assertProblem, echoService, post } from "./echo_service.ts";

const FROM = (hostname: string) => ({ remoteAddr: { transport: "tcp", hostname, port: 1 } });

Deno.test("tokens open the routes of work, any of them, and health needs none", async () => {
  const { app } = echoService({}, { guards: { tokens: ["old-token", "new-token"] } });
  const status = async (authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    return await app.request(...post("", "x", headers));
  };
  for (const token of ["old-token", "new-token"]) {
    assertEquals((await status(`Bearer ${token}`)).status, 200);
  }
  const missing = await status();
  assertStringIncludes(missing.headers.get("www-authenticate")!, "Bearer");
  await assertProblem(missing, 401, "Authorization must be Bearer");
  await assertProblem(await status("Bearer old-toke"), 401, "a token that the server knows");
  await assertProblem(await status("Basic x"), 400, "Authorization must be Bearer");
  assertEquals((await app.request("/healthz")).status, 200);
});

Deno.test("a client that asks too often gets 429 with Retry-After, another one does not", async () => {
  const { app } = echoService({}, { guards: { requestsPerMinute: 2 } });
  const ask = (hostname: string) => app.request(...post("", "x"), FROM(hostname));
  assertEquals((await ask("10.0.0.1")).status, 200);
  const second = await ask("10.0.0.1");
  assertStringIncludes(second.headers.get("ratelimit")!, "remaining=0");
  const third = await ask("10.0.0.1");
  assertEquals(Number(third.headers.get("retry-after")) > 0, true);
  await assertProblem(third, 429, "at most 2 requests in a minute");
  assertEquals((await ask("10.0.0.2")).status, 200);
  assertEquals((await app.request("/healthz", {}, FROM("10.0.0.1"))).status, 200);
});

Deno.test("other origins may ask only where they are named", async () => {
  const origin = "https://album.example";
  const preflight = {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "POST" },
  };
  const closed = echoService().app;
  const open = echoService({}, { guards: { corsOrigins: [origin] } }).app;
  const allowed = async (app: typeof open) =>
    (await app.request("/v1/colorize", preflight)).headers.get("access-control-allow-origin");
  assertEquals(await allowed(closed), null);
  assertEquals(await allowed(open), origin);
  const answer = await open.request(...post("", "x", { origin: "https://other.example" }));
  assertEquals(answer.headers.get("access-control-allow-origin"), null);
  const models = await open.request("/models", { headers: { origin } });
  assertEquals(models.headers.get("access-control-allow-origin"), origin);
  assertStringIncludes(models.headers.get("access-control-expose-headers")!, "ETag");
});

Deno.test("answers tell browsers to run nothing from elsewhere", async () => {
  const { headers } = await echoService().app.request("/");
  assertStringIncludes(headers.get("content-security-policy")!, "default-src 'none'");
  assertEquals(headers.get("x-content-type-options"), "nosniff");
  assertEquals(headers.get("referrer-policy"), "no-referrer");
});
