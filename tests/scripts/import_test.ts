import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { startBackend } from "../../src/backend/start.ts";
import { loadModel } from "../../src/colorize/model.ts";
import { buildNetwork } from "../../src/network/build.ts";
import type { PaletteConfig } from "../../src/network/config.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/network/safetensors.ts";
import { readWeights } from "../../src/network/weights.ts";
import { readTorchCheckpoint } from "../../scripts/import/torch_checkpoint.ts";
import { ZHANG_CHECKPOINTS, zhangError, zhangHints } from "../network/zhang_reference.ts";
import { op, tensor, zipCheckpoint } from "./import/made_pickle.ts";
import { runTaskIn } from "./run_task.ts";

const CONFIGS = {
  eccv16: {
    title: "ECCV16",
    sizePx: 256,
    network: { kind: "eccv16", width: 64, temperature: 0.38 },
  },
  siggraph17: { title: "SIGGRAPH17", network: { kind: "siggraph17", width: 64 } },
  tiny: { title: "Tiny", network: { kind: "plain-cnn", filters: [3] } },
};

/** A folder of models without weights, and what the command leaves in it. */
async function withModels(
  test: (
    run: (...args: string[]) => ReturnType<typeof runTaskIn>,
    dir: string,
  ) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "polychromify-import-" });
  try {
    for (const [name, config] of Object.entries(CONFIGS)) {
      await Deno.mkdir(`${dir}/${name}`);
      await Deno.writeTextFile(`${dir}/${name}/config.json`, JSON.stringify(config));
    }
    await test((...args) => runTaskIn(dir, "import", [...args, "--models", dir]), dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function filesIn(dir: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(dir)) names.push(name);
  return names.sort();
}

Deno.test("import makes a model of a checkpoint, whose output agrees with PyTorch", () =>
  withModels(async (run, dir) => {
    for (const kind of ["eccv16", "siggraph17"] as const) {
      const { code, stdout, stderr } = await run(kind, ZHANG_CHECKPOINTS[kind], "--type", "f32");
      assertEquals(code, 0, stderr);
      assertStringIncludes(stdout, `imported ${dir}/${kind}`);
      assertEquals(await filesIn(`${dir}/${kind}`), [
        ...["card.md", "config.json", "weights.safetensors"],
      ]);
    }
    await startBackend("wasm");
    const [eccv16, siggraph17] = [
      await loadModel(dir, "eccv16"),
      await loadModel(dir, "siggraph17"),
    ];
    assertEquals([eccv16.title, eccv16.sizePx], ["ECCV16", 256]);
    assert(await zhangError(eccv16.network, "eccv16-ab") < 1e-3);
    assert(await zhangError(siggraph17.network, "siggraph17-ab") < 1e-3);
    const hints = zhangHints();
    assert(await zhangError(siggraph17.network, "siggraph17-hinted-ab", hints) < 1e-3);
    hints.dispose();
    // 16-bit floats, the usual ones, and PyTorch's names in safetensors.
    const tensors = await readTorchCheckpoint(ZHANG_CHECKPOINTS.eccv16);
    const file = `${dir}/eccv16.safetensors`;
    await Deno.writeFile(file, encodeSafetensors([...tensors.values()], { type: "F32" }));
    assertEquals((await run("eccv16", file, "--force")).code, 0);
    const half = await loadModel(dir, "eccv16");
    assert(await zhangError(half.network, "eccv16-ab") < 0.1);
  }));

/** Weights of `tiny`. */
const TINY = [
  { name: "conv1/kernel", shape: [3, 3, 1, 3], values: new Float32Array(27).fill(0.5) },
  ...["conv1/bias", "bn1/gamma", "bn1/beta", "bn1/moving_mean", "bn1/moving_variance"]
    .map((name, i) => ({ name, shape: [3], values: new Float32Array(3).fill(i + 1) })),
  { name: "output/kernel", shape: [1, 1, 3, 2], values: new Float32Array(6).fill(0.1) },
  { name: "output/bias", shape: [2], values: Float32Array.of(0, 1) },
];

Deno.test("import takes back what export has written", () =>
  withModels(async (run, dir) => {
    await startBackend("wasm");
    const palette = { kind: "palette", widths: [2, 3], encoderConvs: [0, 0], decoderConvs: [0] };
    const config = { network: { ...palette, batchNorm: true } as PaletteConfig };
    const network = buildNetwork(config.network, { seed: 1 });
    const weights = encodeSafetensors(await readWeights(network), {
      type: "F16",
      metadata: { license: "CC0-1.0" },
    });
    await Deno.mkdir(`${dir}/small`);
    await Deno.writeTextFile(`${dir}/small/config.json`, JSON.stringify(config));
    await Deno.writeFile(`${dir}/small/weights.safetensors`, weights);
    const exported = await runTaskIn(dir, "export", [
      ...["small", "--format", "safetensors", "--models", dir],
    ]);
    assertEquals(exported.code, 0, exported.stderr);
    await Deno.remove(`${dir}/small/weights.safetensors`);
    const { code, stderr } = await run("small", `${dir}/small.safetensors`);
    assertEquals(code, 0, stderr);
    assertEquals(await Deno.readFile(`${dir}/small/weights.safetensors`), weights);
    network.dispose();
  }));

Deno.test("import replaces weights with --force alone, and keeps the license that is told", () =>
  withModels(async (run, dir) => {
    const file = `${dir}/tiny.safetensors`;
    const license = async (metadata: Record<string, string>, ...flags: string[]) => {
      await Deno.writeFile(file, encodeSafetensors(TINY, { type: "F32", metadata }));
      const { code, stderr } = await run("tiny", file, ...flags);
      assertEquals(code, 0, stderr);
      const kept = await Deno.readFile(`${dir}/tiny/weights.safetensors`);
      return decodeSafetensors(kept).metadata.license;
    };
    assertEquals(await license({ license: "CC0" }), "CC0");
    await startBackend("wasm");
    const { network } = await loadModel(dir, "tiny");
    const read = new Map((await readWeights(network)).map(({ name, values }) => [name, values]));
    assertEquals(read.get("bn1/moving_variance"), Float32Array.of(5, 5, 5));
    const again = await run("tiny", file);
    assertEquals(again.code, 2);
    assertStringIncludes(again.stderr, "it has weights; --force replaces them");
    assertEquals(await license({}, "--force"), "that of whoever trained the weights");
  }));

Deno.test("import refuses tensors that do not fit, naming them", () =>
  withModels(async (run, dir) => {
    const file = `${dir}/tiny.safetensors`;
    const refusal = async (arrays: typeof TINY) => {
      await Deno.writeFile(file, encodeSafetensors(arrays, { type: "F32" }));
      const { code, stderr } = await run("tiny", file);
      assertEquals(code, 1, stderr);
      assertEquals(await filesIn(`${dir}/tiny`), ["config.json"]);
      return stderr;
    };
    const centers = { name: "bins/centers", shape: [2], values: Float32Array.of(0, 0) };
    assertStringIncludes(await refusal([...TINY, centers]), '"bins/centers" is extra');
    const [kernel, bias, ...others] = TINY as [typeof TINY[0], typeof TINY[0]];
    const wrong = [{ ...kernel, name: "conv9/kernel" }, { ...bias, shape: [1, 3] }, ...others];
    const stderr = await refusal(wrong);
    for (
      const detail of [
        "conv1/kernel is missing",
        '"conv9/kernel" is extra',
        "conv1/bias must have shape [3], got [1,3]",
      ]
    ) assertStringIncludes(stderr, detail);
    const large = TINY.map((array) => ({ ...array, values: array.values.map(() => 1e5) }));
    assertStringIncludes(await refusal(large), "use --type f32");
  }));

Deno.test("import refuses files that are damaged or hostile, and leaves nothing half-written", () =>
  withModels(async (run, dir) => {
    const good = await Deno.readFile(ZHANG_CHECKPOINTS.siggraph17);
    const evil = op.dictionary(["w", op.call(op.global("os", "system"), op.text("touch x"))]);
    const one = op.dictionary([
      "model1.0.weight",
      tensor({ values: 1, shape: [1, 1, 1, 1], strides: [1, 1, 1, 1] }),
    ]);
    const cases: [Uint8Array, string][] = [
      [good.subarray(0, good.length >> 1), "damaged"],
      [zipCheckpoint(evil, {}), "os.system"],
      [zipCheckpoint(one, { "0": new Uint8Array(4) }), "model1.0.bias is missing"],
    ];
    for (const [bytes, detail] of cases) {
      await Deno.writeFile(`${dir}/file.pth`, bytes);
      const { code, stderr } = await run("siggraph17", `${dir}/file.pth`);
      assertEquals(code, 1);
      assertStringIncludes(stderr, detail);
      assertEquals(await filesIn(`${dir}/siggraph17`), ["config.json"]);
    }
    // A file by the name of published weights must be that file.
    const named = `${dir}/siggraph17-df00044c.pth`;
    await Deno.writeFile(named, good);
    assertStringIncludes((await run("siggraph17", named)).stderr, "must have SHA-256 df00044c");
    const zeros = "0".repeat(64);
    const told = await run("siggraph17", ZHANG_CHECKPOINTS.siggraph17, "--sha256", zeros);
    assertStringIncludes(told.stderr, `must have SHA-256 ${zeros}, got`);
    assertEquals(await filesIn(`${dir}/siggraph17`), ["config.json"]);
  }));

Deno.test("import refuses wrong arguments with 2", () =>
  withModels(async (run, dir) => {
    const cases: [string[], string][] = [
      [[], "NAME and at most one FILE"],
      [["nothing", "x.pth"], "must be one of eccv16, siggraph17, tiny, got nothing"],
      [["tiny"], "a FILE or URL is needed"],
      [["eccv16", `${dir}/none.pth`], "there is no such file"],
      [["eccv16", "x.pth", "--type", "f8"], "must be one of f16, f32, got f8"],
      [["eccv16", "x.pth", "--sha256", "00"], "must be 64 hexadecimal digits, got 00"],
    ];
    for (const [args, detail] of cases) {
      const { code, stderr } = await run(...args);
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, detail);
    }
  }));

Deno.test("import downloads, and goes on after a break", () =>
  withModels(async (run, dir) => {
    const bytes = await Deno.readFile(ZHANG_CHECKPOINTS.eccv16);
    let breaks = 1;
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
      const start = Number(/bytes=(\d+)-/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
      const headers = {
        "content-length": String(bytes.length - start),
        ...(start > 0 && { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
      };
      if (request.method === "HEAD") return new Response(null, { headers });
      const end = breaks-- > 0 ? start + 200_000 : bytes.length;
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(bytes.subarray(start, end)),
        pull: (controller) =>
          end === bytes.length ? controller.close() : controller.error(new Error("broken")),
      });
      return new Response(body, { status: start > 0 ? 206 : 200, headers });
    });
    try {
      const name = `import-test-${crypto.randomUUID()}.pth`;
      const url = `http://127.0.0.1:${server.addr.port}/${name}`;
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const { code, stderr } = await run("eccv16", url, "--sha256", sha256);
      assertEquals(code, 0, stderr);
      assertStringIncludes(await Deno.readTextFile(`${dir}/eccv16/card.md`), sha256);
      assertEquals(breaks, -1);
    } finally {
      await server.shutdown();
    }
  }));
