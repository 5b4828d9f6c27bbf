import { assertEquals, assertRejects } from "@std/assert";
import { fetchPicture } from "../../src/serve/fetch_picture.ts";
import { ProblemError } from "../../src/serve/problem.ts";
import { assertProblem, echoService } from "./echo_service.ts";

/** A host of pictures: one, redirects to it and elsewhere, none. */
async function withHost(test: (host: string) => Promise<void>): Promise<void> {
  const server = Deno.serve({ port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    const redirect = (location: string) =>
      new Response(null, { status: 302, headers: { location } });
    if (pathname === "/picture") return new Response("xyz");
    if (pathname === "/moved") return redirect("/picture");
    if (pathname === "/away") return redirect("http://169.254.169.254/secret");
    if (pathname === "/slow") return new Response(new ReadableStream());
    if (pathname === "/broken") return new Response(broken());
    if (pathname === "/circle") return redirect("/circle");
    return new Response("none", { status: 404 });
  });
  try {
    await test(`127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

/** Announces more than it sends. */
function broken(): ReadableStream {
  return new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(9)),
    pull: (controller) => controller.error(new Error("broken")),
  });
}

Deno.test("fetchPicture() tells a host that is slow or breaks off from a client", () =>
  withHost(async (host) => {
    const options = (signal: AbortSignal) => ({ hosts: [host], maxBytes: 100, signal });
    const late = options(AbortSignal.timeout(50));
    const error = await assertRejects(() => fetchPicture(`http://${host}/slow`, late));
    assertEquals((error as DOMException).name, "TimeoutError");
    const broken = await assertRejects(
      () => fetchPicture(`http://${host}/broken`, options(AbortSignal.timeout(5000))),
      ProblemError,
    );
    assertEquals(broken.status, 502, broken.message);
  }));

Deno.test("fetchPicture() fetches from hosts that are named, through their own redirects", () =>
  withHost(async (host) => {
    const options = { hosts: [host], maxBytes: 100, signal: AbortSignal.timeout(5000) };
    for (const path of ["picture", "moved"]) {
      const bytes = await fetchPicture(`http://${host}/${path}`, options);
      assertEquals(new TextDecoder().decode(bytes), "xyz");
    }
  }));

Deno.test("fetchPicture() refuses other hosts, also behind a redirect, and what is too much", () =>
  withHost(async (host) => {
    const options = { hosts: [host], maxBytes: 100, signal: AbortSignal.timeout(5000) };
    const cases: [string, number, object?][] = [
      ["http://localhost:1/picture", 403],
      [`http://${host}/away`, 403],
      [`http://${host}/circle`, 502],
      [`http://${host}/nothing`, 502],
      [`http://user:secret@${host}/picture`, 422],
      [`file:///etc/passwd`, 422],
      ["nonsense", 422],
      [`http://${host}/picture`, 413, { maxBytes: 2 }],
      [`http://${host}/picture`, 403, { hosts: [] }],
      ["http://127.0.0.1:9/picture", 502, { hosts: ["127.0.0.1:9"] }],
    ];
    for (const [url, status, change] of cases) {
      const error = await assertRejects(
        () => fetchPicture(url, { ...options, ...change }),
        ProblemError,
      );
      assertEquals(error.status, status, `${url}: ${error.message}`);
    }
  }));

Deno.test("GET /v1/colorize colorizes what lies at an address, HEAD and If-None-Match included", () =>
  withHost(async (host) => {
    const { app, seen } = echoService({}, { fetchHosts: [host] });
    const path = `/v1/colorize?size=32&url=http://${host}/picture`;
    const response = await app.request(path);
    assertEquals([response.status, await response.text(), seen[0]!.sizePx], [200, "xyz", 32]);
    const etag = response.headers.get("etag")!;
    const head = await app.request(path, { method: "HEAD" });
    assertEquals([head.status, head.headers.get("etag"), await head.text()], [200, etag, ""]);
    const known = await app.request(path, { headers: { "if-none-match": etag } });
    assertEquals(known.status, 304);
    await assertProblem(await app.request("/v1/colorize?size=32"), 422, "url must be given");
  }));

Deno.test("GET /v1/colorize is no route where no host is named", async () => {
  const { app } = echoService();
  assertEquals((await app.request("/v1/colorize?url=http://127.0.0.1/picture")).status, 405);
});
