/** `deno task export` as its user meets it. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startBackend } from "../../src/backend/start.ts";
import { buildNetwork } from "../../src/network/build.ts";
import type { NetworkConfig } from "../../src/network/config.ts";
import { decodeModel } from "../../src/network/onnx/messages.ts";
import { portableArrays, torchArray } from "../../src/network/portable_arrays.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/network/safetensors.ts";
import { readWeights } from "../../src/network/weights.ts";
import { readNpz } from "../network/read_npz.ts";
import { runTaskIn } from "./run_task.ts";

const folder = await Deno.makeTempDir({ prefix: "polychromify-export-" });
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const read = (name: string) => Deno.readFile(`${folder}/${name}`);
const run = (...args: string[]) => runTaskIn(folder, "export", args);

const CNN: NetworkConfig = { kind: "plain-cnn", filters: [3] };
const PALETTE: NetworkConfig = {
  ...{ kind: "palette", widths: [2, 3], encoderConvs: [0, 0], decoderConvs: [0], batchNorm: true },
};
await startBackend("wasm");
const cnn = buildNetwork(CNN, { seed: 1 });
await addModel("cnn", { title: "Small", network: CNN }, cnn, { license: "CC0-1.0" });
await addModel("palette", { network: PALETTE }, buildNetwork(PALETTE, { seed: 1 }));
await addModel("gray", { network: { kind: "constant", a: 0, b: 0 } });
await addModel("untrained", { network: CNN });

/** What every file tells of the model `cnn`. */
const FACTS = {
  model: "cnn",
  title: "Small",
  license: "CC0-1.0",
  config_sha256: new Uint8Array(
    await crypto.subtle.digest("SHA-256", await read("models/cnn/config.json")),
  ).toHex(),
};

Deno.test("deno task export --format onnx writes NAME.onnx, with facts of the model", async () => {
  const { code, stdout, stderr } = await run("cnn", "--format", "onnx");
  const file = await read("cnn.onnx");
  assertEquals(stderr, `exported models/cnn to cnn.onnx: ${file.length} bytes of onnx\n`);
  assertEquals([code, stdout], [0, ""]);
  assertEquals(metadataOf(file), { ...FACTS, ab_scale: "128", size_multiple: "1" });
});

Deno.test("deno task export takes a palette at a vividness, and a constant", async () => {
  const vivid = ["--vividness", "0.5", "-o", "vivid.onnx"];
  assertEquals((await run("palette", "--format", "onnx", ...vivid)).code, 0);
  const { decode, license } = metadataOf(await read("vivid.onnx"));
  assertEquals([JSON.parse(decode!).vividness, license], [0.5, "MIT"]);
  assertEquals((await run("gray", "--format", "pytorch-npz")).code, 0);
  assertEquals(readNpz(await read("gray.npz")).map(({ name }) => name), ["color"]);
});

Deno.test("deno task export --format safetensors writes 32-bit weights that are read back", async () => {
  assertEquals((await run("cnn", "--format", "safetensors")).code, 0);
  const { arrays, metadata } = decodeSafetensors(await read("cnn.safetensors"));
  assertEquals([...arrays.values()], await portableArrays(cnn));
  assertEquals(metadata, { format: "tf", ...FACTS });
});

Deno.test("deno task export --format pytorch-npz writes arrays of PyTorch's layouts", async () => {
  assertEquals((await run("cnn", "--format", "pytorch-npz")).code, 0);
  assertEquals(readNpz(await read("cnn.npz")), (await portableArrays(cnn)).map(torchArray));
});

Deno.test("deno task export refuses what it cannot do in one line, and writes nothing", async (t) => {
  await Deno.writeTextFile(`${folder}/taken.onnx`, "mine");
  const before = await names();
  const onnx = ["--format", "onnx"];
  const cases: [args: string[], code: number, problem: string][] = [
    [[], 2, "one NAME is needed, got 0"],
    [["cnn"], 2, "--format must be one of onnx, safetensors, pytorch-npz, got none"],
    [["cnn", "--format", "tf"], 2, "must be one of onnx, safetensors, pytorch-npz, got tf"],
    [["vgg", ...onnx], 2, 'must be one of cnn, gray, palette, untrained, got "vgg"'],
    [["../cnn", ...onnx], 2, 'got "../cnn"'],
    [["untrained", ...onnx], 2, "deno task train untrained"],
    [["cnn", ...onnx, "--out", "taken.onnx"], 2, "or --force be given, got taken.onnx"],
    [["cnn", ...onnx, "--out", ""], 2, "--out: must be a path"],
    [["cnn", ...onnx, "--out", "none/cnn.onnx"], 1, "Cannot write none/cnn.onnx"],
    [["cnn", ...onnx, "--vividness", "1"], 2, "a palette, got onnx and cnn"],
    [["palette", "--format", "pytorch-npz", "--vividness", "1"], 2, "got pytorch-npz and palette"],
    [["palette", ...onnx, "--vividness", "2"], 2, "--vividness: must be a number, 0 to 1, got 2"],
  ];
  for (const [args, expected, problem] of cases) {
    await t.step(args.join(" ") || "nothing", async () => {
      const { code, stdout, stderr } = await run(...args);
      assertStringIncludes(stderr, problem);
      assertMatch(stderr, /^export: [^\n]*\n$/);
      assertEquals([code, stdout], [expected, ""]);
    });
  }
  assertEquals(await names(), before);
  assertEquals(new TextDecoder().decode(await read("taken.onnx")), "mine");
  const forced = await run("cnn", ...onnx, "--out", "taken.onnx", "--force");
  assertEquals([forced.code, metadataOf(await read("taken.onnx")).model], [0, "cnn"]);
});

function metadataOf(file: Uint8Array): Record<string, string> {
  return Object.fromEntries(decodeModel(file).metadataProps.map(({ key, value }) => [key, value]));
}

async function names(): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

async function addModel(
  name: string,
  config: object,
  network?: ReturnType<typeof buildNetwork>,
  metadata: Record<string, string> = {},
): Promise<void> {
  const dir = `${folder}/models/${name}`;
  await Deno.mkdir(dir, { recursive: true });
  await Deno.writeTextFile(`${dir}/config.json`, JSON.stringify(config));
  if (network) {
    const weights = encodeSafetensors(await readWeights(network), { type: "F32", metadata });
    await Deno.writeFile(`${dir}/weights.safetensors`, weights);
  }
}
