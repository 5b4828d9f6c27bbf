/**
 * What is under deploy/, as far as it goes without a container engine or a cluster: the Dockerfile's
 * own COPY and RUN steps of Deno in an empty folder, its entry point, its health check and its
 * signal. Not covered: the base image, its packages, users, GPUs, and what a cluster makes of the
 * manifests.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Image } from "imagescript";
import { startServer } from "../scripts/bench/server_process.ts";
import { encodeImage } from "../src/image/encode.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const DOCKERFILE = Deno.readTextFileSync(`${ROOT}deploy/Dockerfile`)
  .replaceAll("\\\n", " ").split("\n").filter((line) => !line.startsWith("#"));

/** The arguments of all instructions of a kind. */
function instructions(kind: string): string[] {
  return DOCKERFILE.filter((line) => line.startsWith(`${kind} `))
    .map((line) => line.slice(kind.length + 1).trim());
}

async function run(command: string, cwd: string): Promise<void> {
  const { code, stderr } = await new Deno.Command("/bin/sh", { args: ["-c", command], cwd })
    .output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
}

Deno.test("the Dockerfile's steps make a folder whose entry point serves, is healthy and drains", async () => {
  const folder = await Deno.makeTempDir({ prefix: "polychromify-image-" });
  try {
    const ignored = await Deno.readTextFile(`${ROOT}.dockerignore`);
    for (const copy of instructions("COPY")) {
      const sources = copy.split(/\s+/).slice(0, -1);
      for (const source of sources) {
        assertStringIncludes(ignored, `!${source}\n`); // else the build would not see it
        await run(`cp -r "${ROOT}${source}" .`, folder);
      }
    }
    for (const command of instructions("RUN").filter((text) => text.startsWith("deno "))) {
      await run(command.replace(/&& chown.*/, ""), folder);
    }
    const [program, ...args] = JSON.parse(instructions("ENTRYPOINT")[0]!) as string[];
    assertEquals(program, "deno");
    const grace = JSON.parse(instructions("CMD")[0]!) as string[];
    const flags = [...args, ...grace.map((text) => text === "5" ? "0" : text), "--port", "0"];
    const server = await startServer(["task", "--cwd", folder, ...flags.slice(1)]);
    const picture = await encodeImage(new Image(80, 60).fill(0x777777ff), { format: "jpeg" });
    const body = picture as Uint8Array<ArrayBuffer>;
    const colorized = await fetch(`${server.url}/v1/colorize`, { method: "POST", body });
    await colorized.body?.cancel();
    assertEquals(colorized.status, 200, server.log());
    const port = new URL(server.url).port;
    const [check] = instructions("HEALTHCHECK");
    await run(check!.replace(/^.*CMD /, "").replace("${PORT}", port), folder);
    server.process.kill(instructions("STOPSIGNAL")[0] as Deno.Signal);
    assertEquals((await server.process.status).code, 0, server.log());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the image runs as another user than root, with what Vulkan on NVIDIA needs", () => {
  assertEquals(instructions("USER").at(-1), "deno");
  const [packages] = instructions("RUN");
  for (const name of ["libvulkan1", "libxext6", "libegl1"]) assertStringIncludes(packages!, name);
  assertMatch(instructions("ENV")[0]!, /NVIDIA_DRIVER_CAPABILITIES=\S*graphics/);
});

Deno.test("the manifests ask for routes that are there, and leave time to drain", async () => {
  const read = (path: string) => Deno.readTextFile(`${ROOT}deploy/${path}`);
  const deployment = await read("kubernetes/deployment.yaml");
  for (const manifest of [deployment, await read("knative.yaml")]) {
    const paths = [...manifest.matchAll(/path: (\/\w+)/g)].map(([, path]) => path);
    assert(paths.includes("/readyz") && paths.includes("/healthz"));
    for (const path of paths.filter((path) => path !== "/tmp")) {
      assertMatch(path!, /^\/(readyz|healthz|metrics)$/);
    }
  }
  const seconds = Number(/terminationGracePeriodSeconds: (\d+)/.exec(deployment)![1]);
  assert(seconds > 5 + 25, "grace and the deadline of draining");
  const { panels } = JSON.parse(await read("grafana/dashboard.json"));
  const metrics = await Deno.readTextFile(`${ROOT}src/serve/metrics.ts`);
  const asked = JSON.stringify(panels).matchAll(/polychromify_(\w+?)(?:_bucket|_sum|_count)?\b/g);
  for (const [, name] of asked) assertStringIncludes(metrics, `"${name}"`);
});
