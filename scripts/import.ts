/** `deno task import NAME [FILE|URL]`: takes weights that were trained elsewhere. */
import { startBackend } from "../src/backend/start.ts";
import { listModelNames } from "../src/colorize/model.ts";
import { fileHash } from "../src/data/download.ts";
import { fileBytes, removeFile } from "../src/data/files.ts";
import { buildNetwork } from "../src/network/build.ts";
import { type NetworkConfig, parseNetworkConfig } from "../src/network/config.ts";
import { encodeSafetensors } from "../src/network/safetensors.ts";
import { assignWeights, readWeights } from "../src/network/weights.ts";
import { MODELS_FLAG } from "./command/common_flags.ts";
import { choiceFlag, textFlag } from "./command/flags.ts";
import { startProgress } from "./command/progress.ts";
import { type Arguments, type Command, runCommand, UsageError } from "./command/run.ts";
import { importCard } from "./import/card.ts";
import { downloadCheckpoint } from "./import/download_checkpoint.ts";
import { expectedSha256, OFFICIAL } from "./import/official.ts";
import { readTensors } from "./import/read_tensors.ts";
import { checkFits, checkPrecision, isZhang, networkFor } from "./import/weights_for.ts";
import { replaceTogether } from "./publish/replace_together.ts";

/** What exports of weights say that do not tell their own. */
const LICENSE = "that of whoever trained the weights";

/** Where downloads lie, and stay for another run. */
const DOWNLOADS = "data/checkpoints";

const COMMAND: Command = {
  name: "import",
  summary:
    "Takes weights that were trained elsewhere: checkpoints of PyTorch for eccv16 and siggraph17, " +
    "safetensors for every model. Without FILE the weights that the authors published are downloaded.",
  positionals: "NAME [FILE|URL]",
  flags: {
    sha256: { type: "string", value: "HEX", help: "what the file must have" },
    type: {
      type: "string",
      value: "TYPE",
      default: "f16",
      help: "f16 or f32: floats that the weights are kept as",
    },
    force: { type: "boolean", help: "replace weights that are there" },
    models: MODELS_FLAG,
  },
  examples: [
    "deno task import siggraph17",
    "deno task import eccv16 downloads/colorization_release_v2-9b330a0b.pth",
    "deno task import palette ours.safetensors --force",
  ],
};

if (import.meta.main) await runCommand(COMMAND, importWeights);

async function importWeights(args: Arguments): Promise<void> {
  const [name, source, ...rest] = args.positionals;
  if (!name || rest.length > 0) {
    throw new UsageError(
      `Cannot import: NAME and at most one FILE are needed, got ${args.positionals.length}`,
    );
  }
  const type = choiceFlag(args, "type", ["f16", "f32"] as const)!.toUpperCase() as "F16" | "F32";
  const dir = await modelFolder(args, name);
  const { file, config } = await readModelConfig(dir);
  const path = await findSource(args, { source, config });
  const sha256 = await checkHash(path, toldHash(args));
  const tensors = await readTensors(path, config);
  await startBackend("wasm");
  const fitting = networkFor(config, tensors);
  const network = buildNetwork(fitting, { seed: "blank" });
  checkFits(network, tensors.arrays);
  if (type === "F16") checkPrecision(tensors.arrays);
  assignWeights(network, tensors.arrays);
  const metadata = { license: tensors.metadata.license ?? LICENSE };
  const isSame = JSON.stringify(fitting) === JSON.stringify(config);
  await replaceTogether(dir, {
    ...(!isSame && {
      "config.json": JSON.stringify({ ...file, network: fitting }, null, 2) + "\n",
    }),
    "weights.safetensors": encodeSafetensors(await readWeights(network), { type, metadata }),
    "card.md": importCard({ title: String(file.title ?? name), path, sha256, type, network }),
  });
  await removeFile(`${dir}/metrics.json`); // of the weights that were there
  console.log(`imported ${dir}: ${network.parameterCount} weights as ${type}`);
}

/** @throws {UsageError} When there is no such model, or weights that are not to be replaced. */
async function modelFolder(args: Arguments, name: string): Promise<string> {
  const modelsDir = textFlag(args, "models")!;
  const names = await listModelNames(modelsDir);
  if (!names.includes(name)) {
    throw new UsageError(`Cannot import: NAME must be one of ${names.join(", ")}, got ${name}`);
  }
  const dir = `${modelsDir}/${name}`;
  if (!args.values.force && await fileBytes(`${dir}/weights.safetensors`) !== undefined) {
    throw new UsageError(`Cannot import ${name}: it has weights; --force replaces them`);
  }
  return dir;
}

async function readModelConfig(
  dir: string,
): Promise<{ file: Record<string, unknown>; config: NetworkConfig }> {
  const path = `${dir}/config.json`;
  try {
    const file = Object(JSON.parse(await Deno.readTextFile(path)));
    return { file, config: parseNetworkConfig(file.network) };
  } catch (cause) {
    throw new SyntaxError(`Cannot import: ${path} must be a model's config`, { cause });
  }
}

/** The file, downloaded where it is elsewhere. */
async function findSource(
  args: Arguments,
  { source, config }: { source: string | undefined; config: NetworkConfig },
): Promise<string> {
  const official = isZhang(config) ? OFFICIAL[config.kind] : undefined;
  const place = source ?? official?.url;
  if (place === undefined) {
    throw new UsageError("Cannot import: a FILE or URL is needed for this model, got none");
  }
  if (!/^https?:\/\//.test(place)) return place;
  return await downloadCheckpoint(place, {
    dir: DOWNLOADS,
    sha256: toldHash(args) ?? expectedSha256(place),
    startProgress,
    log: (line) => console.error(line),
  });
}

function toldHash(args: Arguments): string | undefined {
  const text = textFlag(args, "sha256")?.toLowerCase();
  if (text === undefined || /^[0-9a-f]{64}$/.test(text)) return text;
  throw new UsageError(`Cannot use --sha256: must be 64 hexadecimal digits, got ${text}`);
}

/** @throws {Error} When the file has another hash than was told, or than published weights have. */
async function checkHash(path: string, told: string | undefined): Promise<string> {
  if (await fileBytes(path) === undefined) {
    throw new UsageError(`Cannot import ${path}: there is no such file`);
  }
  const sha256 = await fileHash(path, "sha256");
  const expected = told ?? expectedSha256(path);
  if (expected === undefined || expected === sha256) return sha256;
  throw new Error(`Cannot import ${path}: must have SHA-256 ${expected}, got ${sha256}`);
}
