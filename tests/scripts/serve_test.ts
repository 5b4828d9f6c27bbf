import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { Image } from "imagescript";
import { type ServerProcess, startServer } from "../../scripts/bench/server_process.ts";
import { decodeImage } from "../../src/image/decode.ts";
import { encodeImage } from "../../src/image/encode.ts";
import { makeModelsFolder } from "../colorize/model_folder.ts";
import { taskArguments } from "./run_task.ts";

const modelsDir = await makeModelsFolder();
addEventListener("unload", () => Deno.removeSync(modelsDir, { recursive: true }));

const FLAGS = ["--models", modelsDir, "--model", "tiny", "--backend", "wasm"];
const RUN = taskArguments("serve");

function start(...flags: string[]): Promise<ServerProcess> {
  return startServer([...RUN, "--port", "0", ...FLAGS, ...flags]);
}

async function picture(widthPx: number, heightPx: number): Promise<Uint8Array<ArrayBuffer>> {
  const image = new Image(widthPx, heightPx).fill(0x777777ff);
  return await encodeImage(image, { format: "png" }) as Uint8Array<ArrayBuffer>;
}

async function untilReady({ url }: ServerProcess): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/readyz`);
    await response.body?.cancel();
    if (response.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function post(url: string, body: BodyInit): Promise<number> {
  const response = await fetch(`${url}/v1/colorize`, { method: "POST", body });
  await response.arrayBuffer();
  return response.status;
}

Deno.test("serve colorizes at once, goes on after bad input, and ends at SIGTERM with 0", async () => {
  const server = await start("--max-body-mb", "1", "--max-megapixels", "0.1");
  const good = await picture(150, 90); // sent before the model is loaded: waits for it
  const response = await fetch(`${server.url}/v1/colorize`, { method: "POST", body: good });
  assertEquals(response.status, 200);
  const colorized = await decodeImage(await response.bytes());
  assertEquals([colorized.width, colorized.height], [150, 90]);
  await untilReady(server);

  assertEquals(await post(server.url, "just text"), 415);
  assertEquals(await post(server.url, ""), 400);
  assertEquals(await post(server.url, good.slice(0, 90)), 422);
  assertEquals(await post(server.url, await picture(400, 300)), 413);
  assertEquals(await post(server.url, new Uint8Array(1_000_001)), 413);
  assertEquals(await post(server.url, good), 200);

  server.process.kill("SIGTERM");
  assertEquals((await server.process.status).code, 0, server.log());
});

Deno.test("serve finishes the requests at hand at SIGTERM and SIGINT", async (t) => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    await t.step(signal, async () => {
      const server = await start();
      await untilReady(server);
      const [small, large] = [await picture(9, 9), await picture(1500, 1500)];
      const answers = [1, 2].map(() => post(server.url, large));
      // Sent after them and answered before: now they have arrived.
      assertEquals(await post(server.url, small), 200);
      server.process.kill(signal);
      assertEquals(await Promise.all(answers), [200, 200]);
      assertEquals((await server.process.status).code, 0, server.log());
    });
  }
});

Deno.test("serve ends at once at the second signal", async () => {
  const server = await start();
  await untilReady(server);
  // A body that never ends keeps the first signal waiting.
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(9)) });
  const hanging = post(server.url, body).catch(() => "cut");
  await new Promise((resolve) => setTimeout(resolve, 200));
  server.process.kill("SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 200));
  server.process.kill("SIGTERM");
  assertEquals((await server.process.status).code, 1, server.log());
  assertNotEquals(await hanging, 200);
});

async function fail(args: string[], env: Record<string, string> = {}) {
  const command = new Deno.Command(Deno.execPath(), { args: [...RUN, ...args], env });
  const { code, stderr } = await command.output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("serve refuses wrong flags with 2 and one line", async () => {
  const cases: [string[], string][] = [
    [["--port", "70000"], "--port: must be a whole number, 0 to 65535, got 70000"],
    [["--backend", "tpu"], "must be one of auto, webgpu, wasm, got tpu"],
    [["--colour"], "--colour"],
    [["somewhere"], "somewhere"],
    [["--max-body-mb", "0"], "must be a number above 0, got 0"],
    [["--warm", "64,7"], "must be even sizes, 8 to 512, got 64,7"],
    [["--token-file", "/dev/null"], "must hold a token in a line, got none in /dev/null"],
    [["--allow-fetch-from", "http://a.example"], "must be HOST or HOST:PORT, got http://a.example"],
    [["--cors", "a.example"], "must be an origin, https://HOST, got a.example"],
    [["--log", "xml"], "must be one of json, none, got xml"],
  ];
  for (const [args, detail] of cases) {
    const { code, stderr } = await fail(args);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, detail);
    assertMatch(stderr, /^serve: [^\n]*\n$/);
  }
  const { code, stderr } = await fail([], { PORT: "http" });
  assertEquals(code, 2);
  assertStringIncludes(stderr, "Cannot use PORT: must be a whole number, 0 to 65535, got http");
});

Deno.test("serve ends with 1 when it cannot load its model or listen", async () => {
  const unknown = await fail(["--port", "0", ...FLAGS, "--model", "nothing"]);
  assertEquals(unknown.code, 1);
  assertStringIncludes(unknown.stderr, 'must be one of mean, tiny, untrained, got "nothing"');
  using listener = Deno.listen({ port: 0, hostname: "0.0.0.0" });
  const { port } = listener.addr;
  const busy = await fail(["--port", String(port), ...FLAGS]);
  assertEquals(busy.code, 1);
  assertStringIncludes(busy.stderr, `serve: Cannot listen on 0.0.0.0:${port}`);
});
