import { assertEquals, assertStringIncludes } from "@std/assert";
import { Image } from "imagescript";
import { startServer } from "../scripts/bench/server_process.ts";
import { decodeImage } from "../src/image/decode.ts";
import { encodeImage } from "../src/image/encode.ts";
import { makeModelsFolder } from "./colorize/model_folder.ts";

const modelsDir = await makeModelsFolder();
addEventListener("unload", () => Deno.removeSync(modelsDir, { recursive: true }));

const SERVE = [
  "serve",
  "--no-prompt",
  "--port=0",
  `--allow-read=.,/usr/bin/ldd,${modelsDir}`,
  "--ignore-env",
  "--allow-env=POLYCHROMIFY_*",
  "--allow-ffi=node_modules",
  "--allow-run=deno",
  "main.ts",
];
const ENV = {
  POLYCHROMIFY_BACKEND: "wasm",
  POLYCHROMIFY_MODELS: modelsDir,
  POLYCHROMIFY_MODEL: "tiny",
};

Deno.test("deno serve main.ts colorizes with the least rights and ends at SIGTERM", async () => {
  const { url, process, log } = await startServer(SERVE, ENV);
  const picture = await encodeImage(new Image(90, 60).fill(0x777777ff), { format: "jpeg" });
  const body = picture as Uint8Array<ArrayBuffer>;
  const response = await fetch(`${url}/v1/colorize`, { method: "POST", body });
  assertEquals(response.status, 200, log());
  assertEquals((await decodeImage(await response.bytes())).width, 90);
  const ready = await (await fetch(`${url}/readyz`)).json();
  assertEquals([ready.state, ready.model], ["ready", "tiny"]);
  process.kill("SIGTERM");
  assertEquals((await process.status).code, 0, log());
});

Deno.test("deno serve main.ts answers 503 and says why when its model is missing", async () => {
  const { url, process } = await startServer(SERVE, { ...ENV, POLYCHROMIFY_MODEL: "nothing" });
  const response = await fetch(`${url}/v1/colorize`, { method: "POST", body: "x" });
  assertEquals(response.status, 503);
  assertStringIncludes((await response.json()).detail, "one of mean, tiny, untrained");
  process.kill("SIGTERM");
  await process.status;
});

Deno.test("deno serve main.ts ends when a setting is wrong, naming it", async () => {
  const error = await startServer(SERVE, { ...ENV, POLYCHROMIFY_BACKEND: "tpu" }).catch(String);
  assertStringIncludes(
    String(error),
    "Cannot use POLYCHROMIFY_BACKEND: must be one of auto, webgpu, wasm, got tpu",
  );
});
