import { assert, assertEquals } from "@std/assert";
import { applyLoad, fingerprint } from "../../../scripts/bench/load.ts";

/** Loads a server that answers by `handle`, with pictures that it should give back. */
async function load(handle: (body: Uint8Array<ArrayBuffer>) => Response | Promise<Response>) {
  const server = Deno.serve(
    { port: 0, onListen: () => {} },
    async (request) => await handle(await request.bytes()),
  );
  const files = [1, 2, 3].map((value) => Uint8Array.of(value, 7));
  const pictures = await Promise.all(
    files.map(async (bytes) => ({ bytes, expected: await fingerprint(bytes) })),
  );
  try {
    const url = `http://127.0.0.1:${server.addr.port}`;
    return await applyLoad(url, pictures, { perSecond: 200, seconds: 0.5 });
  } finally {
    await server.shutdown();
  }
}

Deno.test("applyLoad() sends at the rate it is told, and finds every answer right", async () => {
  const result = await load((body) => new Response(body));
  assert(result.sent > 60 && result.sent < 150, `${result.sent} in half a second at 200/s`);
  assertEquals([result.ok, result.rejected, result.lost, result.mismatched], [
    result.sent,
    0,
    0,
    0,
  ]);
  assert(result.p50_ms > 0 && result.p50_ms <= result.p95_ms && result.p95_ms <= result.p99_ms);
});

Deno.test("applyLoad() does not wait for answers before it sends", async () => {
  const result = await load(async (body) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return new Response(body);
  });
  assert(result.sent > 60, `${result.sent} sent`);
  assert(result.p50_ms >= 300);
});

Deno.test("applyLoad() tells rejected, lost and mixed-up answers apart", async () => {
  let count = 0;
  const result = await load((body) => {
    const kind = count++ % 4;
    if (kind === 0) return new Response("busy", { status: 503 });
    if (kind === 1) return new Response("broken", { status: 500 });
    return new Response(kind === 2 ? body : Uint8Array.of(9, 9));
  });
  const { sent, ok, rejected, lost, mismatched } = result;
  assertEquals([ok + rejected + lost, rejected, lost], [
    ...[sent, Math.ceil(sent / 4), Math.ceil((sent - 1) / 4)],
  ]);
  assertEquals(mismatched, Math.ceil((sent - 3) / 4));
});
