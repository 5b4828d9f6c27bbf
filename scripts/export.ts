/** `deno task export NAME --format FORMAT`: writes a model's weights for other programs. */
import { startBackend } from "../src/backend/start.ts";
import { loadModel, type Model, ModelNotFoundError } from "../src/colorize/model.ts";
import { fileBytes, replaceFile } from "../src/data/files.ts";
import { encodeNpz } from "../src/network/npz.ts";
import { exportOnnx } from "../src/network/onnx/export_onnx.ts";
import { portableArrays, torchArray } from "../src/network/portable_arrays.ts";
import { decodeSafetensors, encodeSafetensors } from "../src/network/safetensors.ts";
import { readVividness } from "./colorize/palette_flags.ts";
import { MODELS_FLAG } from "./command/common_flags.ts";
import { choiceFlag, textFlag } from "./command/flags.ts";
import { type Arguments, type Command, runCommand, UsageError } from "./command/run.ts";

/** Formats by their names, with what their files' names end in. */
const EXTENSIONS = { "onnx": ".onnx", "safetensors": ".safetensors", "pytorch-npz": ".npz" };
type Format = keyof typeof EXTENSIONS;
const FORMATS = Object.keys(EXTENSIONS) as Format[];

/** The license of this repository and its weights; imported ones name another one. */
const LICENSE = "MIT";

const COMMAND: Command = {
  name: "export",
  summary: "Writes a model for other programs: ONNX, safetensors, or arrays for NumPy and PyTorch.",
  positionals: "NAME",
  flags: {
    format: { type: "string", value: "FORMAT", help: FORMATS.join(", ") },
    out: {
      type: "string",
      short: "o",
      value: "FILE",
      help: `file to write (default: NAME${Object.values(EXTENSIONS).join(", NAME")})`,
    },
    vividness: {
      type: "string",
      value: "V",
      help: "ONNX of a palette: how its output ab is decoded, 0 faithful to 1 vivid (default: 0)",
    },
    force: { type: "boolean", help: "overwrite a file that is there" },
    models: MODELS_FLAG,
  },
  examples: [
    "deno task export palette --format onnx",
    "deno task export palette --format onnx --vividness 0.5 --out vivid.onnx",
    "deno task export cnn --format pytorch-npz --out weights/cnn.npz",
  ],
};

if (import.meta.main) await runCommand(COMMAND, exportModel);

async function exportModel(args: Arguments): Promise<void> {
  const [name, ...rest] = args.positionals;
  if (!name || rest.length > 0) {
    throw new UsageError(`Cannot export: one NAME is needed, got ${args.positionals.length}`);
  }
  const format = choiceFlag(args, "format", FORMATS);
  if (!format) {
    throw new UsageError(`Cannot export: --format must be one of ${FORMATS.join(", ")}, got none`);
  }
  const vividness = readVividness(textFlag(args, "vividness"));
  const out = textFlag(args, "out") ?? `${name}${EXTENSIONS[format]}`;
  if (out === "") throw new UsageError("Cannot use --out: must be a path, got nothing");
  const modelsDir = textFlag(args, "models")!;
  await startBackend("wasm");
  const model = await loadNamedModel(modelsDir, name);
  if (vividness !== undefined && !(format === "onnx" && model.network.palette)) {
    throw new UsageError(
      `Cannot use --vividness: must go with onnx and a palette, got ${format} and ${name}`,
    );
  }
  if (!args.values.force && await fileBytes(out) !== undefined) {
    throw new UsageError(
      `Cannot export: the file must not be there yet, or --force be given, got ${out}`,
    );
  }
  const facts = await readFacts(modelsDir, model);
  const bytes = await encode(model, format, { facts, vividness });
  await replaceFile(out, bytes);
  console.error(`exported ${modelsDir}/${name} to ${out}: ${bytes.length} bytes of ${format}`);
}

async function loadNamedModel(modelsDir: string, name: string): Promise<Model> {
  try {
    return await loadModel(modelsDir, name);
  } catch (cause) {
    if (cause instanceof ModelNotFoundError) throw new UsageError(cause.message, { cause });
    throw cause;
  }
}

/** What a file tells of the model in it. */
async function readFacts(
  modelsDir: string,
  { name, title }: Model,
): Promise<Record<string, string>> {
  const bytes = await Deno.readFile(`${modelsDir}/${name}/config.json`);
  const { license = LICENSE } = await weightsMetadata(`${modelsDir}/${name}/weights.safetensors`);
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return {
    model: name,
    title,
    license,
    config_sha256: new Uint8Array(hash).toHex(),
  };
}

/** What the weights' file tells of them; nothing of a constant. */
async function weightsMetadata(path: string): Promise<Record<string, string>> {
  if (await fileBytes(path) === undefined) return {};
  return decodeSafetensors(await Deno.readFile(path)).metadata;
}

async function encode(
  { name, network }: Model,
  format: Format,
  { facts, vividness = 0 }: { facts: Record<string, string>; vividness: number | undefined },
): Promise<Uint8Array> {
  switch (format) {
    case "onnx":
      return await exportOnnx(network, { name, metadata: facts, vividness });
    case "safetensors": {
      const metadata = { format: "tf", ...facts }; // Keras' names and layouts
      return encodeSafetensors(await portableArrays(network), { type: "F32", metadata });
    }
    case "pytorch-npz":
      return encodeNpz((await portableArrays(network)).map(torchArray));
  }
}
