/** `deno task publish NAME`: turns a training run into a model that everybody can use. */
import { type Device, startBackend } from "../src/backend/start.ts";
import { TRAINING_AB_COUNTS } from "../src/color/ab_prior.ts";
import { predictAb } from "../src/colorize/predict.ts";
import { readDatasetIndex } from "../src/data/dataset_index.ts";
import { replaceFile } from "../src/data/files.ts";
import { openSplit } from "../src/data/split.ts";
import { rebalancingWeights } from "../src/eval/auc_rebalanced.ts";
import { evaluate } from "../src/eval/evaluate.ts";
import type { Predictor } from "../src/eval/predictor.ts";
import type { EvaluationReport } from "../src/eval/report_table.ts";
import type { ModelMetrics } from "../src/eval/tally.ts";
import { buildNetwork } from "../src/network/build.ts";
import type { NetworkConfig } from "../src/network/config.ts";
import type { Network } from "../src/network/network.ts";
import { assignWeights, loadWeights, saveWeights } from "../src/network/weights.ts";
import { readCheckpoint } from "../src/train/checkpoint.ts";
import { choiceFlag, integerFlag, textFlag } from "./command/flags.ts";
import { startProgress } from "./command/progress.ts";
import { type Arguments, type Command, runCommand, UsageError } from "./command/run.ts";
import { loadPredictors } from "./eval/load_predictors.ts";
import { type CardFacts, modelCard } from "./publish/card.ts";
import { readTrainableModel } from "./train/model_config.ts";
import { checkpointPath, readRunConfig, type RunConfig } from "./train/run_folder.ts";

const COMMAND: Command = {
  name: "publish",
  summary: "Publishes a run: weights, metrics.json and card.md in models/NAME.",
  positionals: "NAME",
  flags: {
    run: { type: "string", value: "DIR", help: "folder of the run (default: runs/NAME)" },
    models: { type: "string", value: "DIR", default: "models", help: "folder of models" },
    dir: { type: "string", value: "DIR", default: "data/tiny-imagenet-200", help: "prepared data" },
    split: { type: "string", value: "SPLIT", default: "test", help: "val or test, to measure on" },
    limit: { type: "string", value: "N", help: "measure on the first N images" },
  },
  examples: ["deno task publish polychromify", "deno task publish cnn --split val --limit 1000"],
};

/** 16-bit weights are good enough when no PSNR moves by more. */
const PSNR_TOLERANCE_DB = 0.01;

if (import.meta.main) await runCommand(COMMAND, publish);

async function publish(args: Arguments): Promise<void> {
  const [name, ...rest] = args.positionals;
  if (!name || rest.length > 0) {
    throw new UsageError(`Cannot publish: one NAME is needed, got ${args.positionals.length}`);
  }
  const modelsDir = textFlag(args, "models")!;
  const { title, network: config } = await readTrainableModel(modelsDir, name);
  const runDir = textFlag(args, "run") ?? `runs/${name}`;
  const run = await readRunOf(config, { runDir, modelDir: `${modelsDir}/${name}` });
  const training = await trainingFacts(run.dataDir, run.training.limit);
  const { arrays, position } = await readCheckpoint(checkpointPath(runDir));
  const device = await startBackend("wasm");
  const network = buildNetwork(config);
  assignWeights(network, arrays);
  const { weights, type, report } = await chooseWeights(args, { name, network, device });
  const evaluation = evaluationCommand(args, name);
  const facts = { title, run, position, report, evaluation, weights: type, ...training };
  await writeModel(`${modelsDir}/${name}`, { weights, facts });
  console.log(`published ${modelsDir}/${name}: ${weights.length} bytes of ${type}`);
}

/** Reads a run, and refuses one of another network than the model's. */
async function readRunOf(
  network: NetworkConfig,
  { runDir, modelDir }: { runDir: string; modelDir: string },
): Promise<RunConfig> {
  const run = await readRunConfig(runDir);
  if (!run) throw new UsageError(`Cannot publish: ${runDir} must hold a run, found none`);
  if (JSON.stringify(run.network) !== JSON.stringify(network)) {
    throw new UsageError(`Cannot publish: ${runDir} must be of the network in ${modelDir}`);
  }
  return run;
}

/** The command that measures what a card tells. */
function evaluationCommand(args: Arguments, name: string): string {
  const limit = textFlag(args, "limit");
  const command = `deno task eval ${name} --split ${textFlag(args, "split")}`;
  return limit ? `${command} --limit ${limit}` : command;
}

async function writeModel(
  dir: string,
  { weights, facts }: { weights: Uint8Array; facts: CardFacts },
): Promise<void> {
  const metrics = { ...facts.report, command: facts.evaluation };
  await replaceFile(`${dir}/weights.safetensors`, weights);
  await replaceFile(`${dir}/metrics.json`, JSON.stringify(metrics, null, 2) + "\n");
  await replaceFile(`${dir}/card.md`, modelCard(facts));
}

/** Takes 16-bit weights when the metrics agree with those of 32 bits, else 32-bit weights. */
async function chooseWeights(
  args: Arguments,
  { name, network, device }: { name: string; network: Network; device: Device },
): Promise<{ weights: Uint8Array; type: string; report: EvaluationReport }> {
  const half = buildNetwork(network.config);
  const halfWeights = await saveWeights(network, "F16");
  loadWeights(half, halfWeights);
  const trivial = await loadPredictors([], { modelsDir: "models", device });
  const candidates = [predictorOf(name, network), predictorOf(name, half)];
  const { split, images, models } = await measure(args, [...trivial, ...candidates]);
  const [full, rounded] = models.splice(trivial.length, 2) as [ModelMetrics, ModelMetrics];
  const close = (["psnr_rgb", "psnr_rgb_pooled", "psnr_ab"] as const)
    .every((key) => Math.abs(full[key] - rounded[key]) < PSNR_TOLERANCE_DB);
  const report = { split, images, device: device.description };
  if (close) {
    const type = "16-bit floats";
    return { weights: halfWeights, type, report: { ...report, models: [...models, rounded] } };
  }
  const weights = await saveWeights(network, "F32");
  return { weights, type: "32-bit floats", report: { ...report, models: [...models, full] } };
}

function predictorOf(name: string, network: Network): Predictor {
  const model = { name, title: name, network };
  return {
    name,
    parameters: network.parameterCount,
    predictAb: (lightness, shape) => predictAb(model, lightness, shape),
  };
}

async function measure(
  args: Arguments,
  predictors: Predictor[],
): Promise<{ split: string; images: number; models: ModelMetrics[] }> {
  const name = choiceFlag(args, "split", ["val", "test"] as const)!;
  const split = await openSplit(textFlag(args, "dir")!, name);
  const images = Math.min(integerFlag(args, "limit") ?? split.count, split.count);
  const progress = startProgress("measuring", { total: images, unit: "images" });
  try {
    const models = await evaluate(split, predictors, {
      binWeights: rebalancingWeights(TRAINING_AB_COUNTS),
      limit: images,
      onProgress: (done) => progress.update(done),
    });
    return { split: name, images, models };
  } finally {
    progress.stop();
    split.close();
  }
}

async function trainingFacts(dataDir: string, limit: number | null) {
  const index = await readDatasetIndex(dataDir);
  const train = index?.splits.train;
  if (!index || !train) throw new Error(`Cannot publish: ${dataDir} must hold the training split`);
  return {
    dataset: index.dataset === "tiny-imagenet-200"
      ? "Tiny ImageNet 200"
      : "a folder of photographs",
    trainingImages: Math.min(limit ?? train.count, train.count),
    trainingSha256: train.sha256,
  };
}
