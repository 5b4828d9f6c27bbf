import { assert, assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import { Image } from "imagescript";
import { type ServerProcess, startServer } from "../../../scripts/bench/server_process.ts";
import { listen } from "../../../scripts/serve/listen.ts";
import { decodeImage } from "../../../src/image/decode.ts";
import { encodeImage } from "../../../src/image/encode.ts";
import { makeModelsFolder } from "../../colorize/model_folder.ts";
import { taskArguments } from "../run_task.ts";

const modelsDir = await makeModelsFolder();
addEventListener("unload", () => Deno.removeSync(modelsDir, { recursive: true }));

const FLAGS = ["--port", "0", "--models", modelsDir, "--model", "tiny", "--backend", "wasm"];

async function startReady(...flags: string[]): Promise<ServerProcess> {
  const server = await startServer([...taskArguments("serve"), ...FLAGS, ...flags]);
  assertEquals((await ask(server, 12)).status, 200); // waits for the model
  return server;
}

/** Colorizes a picture of a width that tells its answer from all others. */
async function ask({ url }: ServerProcess, widthPx: number, signal?: AbortSignal) {
  const image = new Image(widthPx, 300).fill(0x777777ff);
  const body = await encodeImage(image, { format: "jpeg" }) as Uint8Array<ArrayBuffer>;
  const response = await fetch(`${url}/v1/colorize`, {
    method: "POST",
    body,
    ...(signal && { signal }),
  });
  const file = await response.bytes();
  return { status: response.status, headers: response.headers, file };
}

async function depth({ url }: ServerProcess): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^polychromify_queue_depth (\S+)/m.exec(text)![1]);
}

Deno.test("listen() tells who asks, and that they have left, whatever they have sent", async () => {
  const left = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<string>();
  const port = freePort();
  const server = await listen({
    port,
    hostname: "127.0.0.1",
    fetch: async (request, { remoteAddr }) => {
      request.signal.addEventListener("abort", () => left.resolve());
      await request.bytes();
      asked.resolve(remoteAddr.hostname);
      await left.promise;
      return new Response();
    },
  });
  const client = new AbortController();
  const answer = fetch(`http://127.0.0.1:${port}/`, {
    method: "POST",
    body: new Uint8Array(1_000_000),
    signal: client.signal,
  });
  assertEquals(await asked.promise, "127.0.0.1");
  client.abort();
  await assertRejects(() => answer, DOMException);
  await left.promise;
  await server.shutdown();
});

Deno.test("a server that stops waits for requests, not for connections that send none", async () => {
  const port = freePort();
  const begun = Promise.withResolvers<void>();
  const server = await listen({
    port,
    hostname: "127.0.0.1",
    fetch: async () => {
      begun.resolve();
      await new Promise((resolve) => setTimeout(resolve, 2000));
      return new Response("done");
    },
  });
  using silent = await Deno.connect({ port, hostname: "127.0.0.1" });
  using halting = await Deno.connect({ port, hostname: "127.0.0.1" });
  await halting.write(new TextEncoder().encode("GET / HTTP/1.1\r\nhost:"));
  const answer = fetch(`http://127.0.0.1:${port}/`);
  await begun.promise;
  const startedMs = performance.now();
  await server.shutdown();
  const waitedMs = performance.now() - startedMs;
  assert(waitedMs > 1500 && waitedMs < 10_000, `${waitedMs} ms`); // node:http gives up after 60 s
  assertEquals(await (await answer).text(), "done");
  const ends = await Promise.allSettled([silent, halting].map((c) => c.read(new Uint8Array(1))));
  for (const end of ends) assert(end.status === "rejected" || end.value === null);
});

function freePort(): number {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  return listener.addr.port;
}

Deno.test("SIGTERM under load: what was taken in gets its own answer, and nothing is lost", async () => {
  const server = await startReady();
  const widths = Array.from({ length: 50 }, (_, i) => 200 + i);
  const asked = widths.map((widthPx) => ask(server, widthPx));
  while (await depth(server) < 20) await new Promise((resolve) => setTimeout(resolve, 5));
  server.process.kill("SIGTERM");
  const answers = await Promise.allSettled(asked);
  let ok = 0;
  for (const [i, answer] of answers.entries()) {
    if (answer.status === "rejected") continue; // came after the port was closed
    const { status, file } = answer.value;
    assert(status === 200 || status === 503, `picture ${i} got ${status}`);
    if (status !== 200) continue;
    ok++;
    assertEquals((await decodeImage(file)).width, widths[i], "another picture's answer");
  }
  assert(ok >= 20, `${ok} of those at hand were answered`);
  assertEquals((await server.process.status).code, 0, server.log());
});

Deno.test("past what the server takes in, requests get 503 at once with a Retry-After", async () => {
  const server = await startReady("--max-requests", "4");
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(server, 200 + i)));
  const refused = answers.filter(({ status }) => status === 503);
  assertEquals(answers.filter(({ status }) => status === 200).length + refused.length, 40);
  assert(refused.length > 0, "the load was too small to be refused");
  for (const { headers } of refused) assert(Number(headers.get("retry-after")) >= 1);
  assertEquals((await ask(server, 321)).status, 200);
  server.process.kill("SIGTERM");
  assertEquals((await server.process.status).code, 0, server.log());
});

Deno.test("clients that leave end their work, and the next one is served at once", async () => {
  const server = await startReady();
  const leaving = new AbortController();
  const large = Array.from({ length: 30 }, (_, i) => ask(server, 4000 + i, leaving.signal));
  while (await depth(server) < 10) await new Promise((resolve) => setTimeout(resolve, 5));
  leaving.abort();
  const left = (await Promise.allSettled(large)).filter(({ status }) => status === "rejected");
  assert(left.length > 20, `only ${left.length} left before they were answered`);
  const startedMs = performance.now();
  assertEquals((await ask(server, 100)).status, 200);
  const waitedMs = performance.now() - startedMs;
  // All thirty would take some six seconds; a process that was at one is given up after one.
  assertLessOrEqual(waitedMs, 3000);
  while (await depth(server) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  server.process.kill("SIGTERM");
  assertEquals((await server.process.status).code, 0, server.log());
});
