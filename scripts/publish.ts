/** `deno task publish NAME`: turns a training run into a model that everybody can use. */
import { startBackend } from "../src/backend/start.ts";
import { SIZE_PX } from "../src/colorize/model.ts";
import { buildNetwork } from "../src/network/build.ts";
import type { NetworkConfig } from "../src/network/config.ts";
import type { NamedArray } from "../src/network/safetensors.ts";
import { assignWeights } from "../src/network/weights.ts";
import {
  averagesOf,
  readCheckpoint,
  type RunPosition,
  weightsOf,
} from "../src/train/checkpoint.ts";
import { DATA_FLAG, MODELS_FLAG } from "./command/common_flags.ts";
import { choiceFlag, integerFlag, textFlag, textFlags } from "./command/flags.ts";
import { type Arguments, type Command, runCommand, UsageError } from "./command/run.ts";
import { type CardFacts, datasetInWords, modelCard, runInWords } from "./publish/card.ts";
import { chooseWeights } from "./publish/choose_weights.ts";
import { meanWeights } from "./publish/mean_weights.ts";
import { replaceTogether } from "./publish/replace_together.ts";
import { parseWeights } from "./train/initial_weights.ts";
import { readTrainableModel } from "./train/model_config.ts";
import { checkpointPath, readRunConfig, type RunConfig } from "./train/run_folder.ts";
import { readTrainingData } from "./train/training_data.ts";

const COMMAND: Command = {
  name: "publish",
  summary: "Publishes a run: weights, metrics.json and card.md in models/NAME.",
  positionals: "NAME",
  flags: {
    run: { type: "string", value: "DIR", help: "folder of the run (default: runs/NAME)" },
    mean: {
      type: "string",
      value: "DIR|FILE",
      multiple: true,
      help: "take the mean of the weights with those of this run or safetensors file; may be " +
        "given several times",
    },
    models: MODELS_FLAG,
    dir: DATA_FLAG,
    split: { type: "string", value: "SPLIT", default: "test", help: "val or test, to measure on" },
    limit: { type: "string", value: "N", help: "measure on the first N images" },
  },
  examples: [
    "deno task publish polychromify",
    "deno task publish cnn --split val --limit 1000",
    "deno task publish palette --run runs/palette-10 --mean runs/palette-9",
    "deno task publish palette --mean models/palette/weights.safetensors",
  ],
};

if (import.meta.main) await runCommand(COMMAND, publish);

async function publish(args: Arguments): Promise<void> {
  const [name, ...rest] = args.positionals;
  if (!name || rest.length > 0) {
    throw new UsageError(`Cannot publish: one NAME is needed, got ${args.positionals.length}`);
  }
  const modelsDir = textFlag(args, "models")!;
  const { title, network: config } = await readTrainableModel(modelsDir, name);
  const runDir = textFlag(args, "run") ?? `runs/${name}`;
  const measured = {
    name,
    modelsDir,
    dataDir: textFlag(args, "dir")!,
    split: choiceFlag(args, "split", ["val", "test"] as const)!,
    limit: integerFlag(args, "limit"),
  };
  const modelDir = `${modelsDir}/${name}`;
  const own = await readTrained(config, { runDir, modelDir });
  const others = await Promise.all(
    textFlags(args, "mean").map((path) => readOther(config, { path, modelDir })),
  );
  const data = await readDataFacts(own.run);
  const device = await startBackend("wasm");
  const network = buildNetwork(config);
  assignWeights(network, meanWeights([own.weights, ...others.map(({ weights }) => weights)]));
  const { weights, type, report } = await chooseWeights(network, { ...measured, device });
  const facts = {
    title,
    run: own.run,
    position: own.position,
    averaged: own.averaged,
    averagedWith: others.map(({ origin }) => origin),
    report,
    evaluation: evaluationCommand(args, name),
    weights: type,
    ...data,
  };
  await writeModel(`${modelsDir}/${name}`, { weights, facts });
  console.log(`published ${modelsDir}/${name}: ${weights.length} bytes of ${type}`);
}

/** A run, and what it trained. */
interface TrainedRun {
  run: RunConfig;
  position: RunPosition;
  weights: Map<string, NamedArray>;
  /** Whether the weights are moving averages over the steps. */
  averaged: boolean;
}

/** Reads a run, and refuses one of another network than the model's. */
async function readTrained(
  network: NetworkConfig,
  { runDir, modelDir }: { runDir: string; modelDir: string },
): Promise<TrainedRun> {
  const run = await readRunConfig(runDir);
  if (!run) throw new UsageError(`Cannot publish: ${runDir} must hold a run, found none`);
  if (JSON.stringify(run.network) !== JSON.stringify(network)) {
    throw new UsageError(`Cannot publish: ${runDir} must be of the network in ${modelDir}`);
  }
  const { arrays, position } = await readCheckpoint(checkpointPath(runDir));
  const averages = averagesOf(arrays);
  return { run, position, weights: averages ?? weightsOf(arrays), averaged: !!averages };
}

/**
 * Reads what the weights of a run are averaged with: those of another run, or of a file.
 * @returns Its weights, and where they come from, in Markdown.
 */
async function readOther(
  network: NetworkConfig,
  { path, modelDir }: { path: string; modelDir: string },
): Promise<{ weights: Map<string, NamedArray>; origin: string }> {
  if (!await Deno.stat(path).then(({ isFile }) => isFile, () => false)) {
    const { weights, ...trained } = await readTrained(network, { runDir: path, modelDir });
    return { weights, origin: runInWords(trained) };
  }
  const bytes = await Deno.readFile(path);
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  try {
    return { weights: parseWeights(bytes), origin: `\`${path}\` (SHA-256 \`${sha256}\`)` };
  } catch (cause) {
    throw new Error(`Cannot publish: ${path} must be a safetensors file`, { cause });
  }
}

/** The command that measures what a card tells. */
function evaluationCommand(args: Arguments, name: string): string {
  const given = ["split", "limit", "dir", "models"].flatMap((flag) => {
    const text = textFlag(args, flag);
    const usual = flag !== "split" && COMMAND.flags[flag]!.default === text;
    return text === undefined || usual ? [] : [`--${flag} ${text}`];
  });
  return ["deno task eval", name, ...given].join(" ");
}

/** What the card tells of the images that the run saw. */
async function readDataFacts({ dataDir, training, trainingSha256 }: RunConfig) {
  const { dataset, images, sizePx, sha256 } = await readTrainingData(dataDir, training);
  if (trainingSha256 !== undefined && trainingSha256 !== sha256) {
    throw new Error(`Cannot publish: ${dataDir} must hold the images of the run, got others`);
  }
  return {
    dataset: datasetInWords(dataset),
    trainingImages: Math.min(training.limit ?? images, images),
    trainingSha256: sha256,
    sizePx,
  };
}

/** Writes what is published, and the size that the model was trained on into its config.json. */
async function writeModel(
  dir: string,
  { weights, facts }: { weights: Uint8Array; facts: CardFacts },
): Promise<void> {
  const metrics = { ...facts.report, command: facts.evaluation };
  const config = JSON.parse(await Deno.readTextFile(`${dir}/config.json`));
  const isSized = (config.sizePx ?? SIZE_PX) === facts.sizePx;
  const { title, ...others } = config;
  const sized = { title, ...others, sizePx: facts.sizePx };
  await replaceTogether(dir, {
    ...(!isSized && { "config.json": JSON.stringify(sized, null, 2) + "\n" }),
    "weights.safetensors": weights,
    "metrics.json": JSON.stringify(metrics, null, 2) + "\n",
    "card.md": modelCard(facts),
  });
}
