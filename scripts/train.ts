/** `deno task train NAME`: trains a model of the models folder. */
import { BACKEND_CHOICES, planBackend, startBackend } from "../src/backend/start.ts";
import { buildNetwork } from "../src/network/build.ts";
import type { NetworkConfig } from "../src/network/config.ts";
import type { TrainingConfig } from "../src/train/config.ts";
import { choiceFlag, integerFlag, numberFlag, textFlag } from "./command/flags.ts";
import { type Arguments, type Command, runCommand, UsageError } from "./command/run.ts";
import { readTrainableModel, type TrainableModel } from "./train/model_config.ts";
import {
  hasCheckpoint,
  readRunConfig,
  type RunConfig,
  writeRunConfig,
} from "./train/run_folder.ts";
import { runWorkers } from "./train/run_workers.ts";

const COMMAND: Command = {
  name: "train",
  summary: "Trains a model; Ctrl-C saves, --resume goes on.",
  positionals: "NAME",
  flags: {
    epochs: { type: "string", value: "N", help: "passes over the images (default: the model's)" },
    batch: { type: "string", value: "N", help: "images per step (default: the model's)" },
    "learning-rate": { type: "string", value: "X", help: "of Adam (default: the model's)" },
    seed: { type: "string", value: "N", help: "fixes weights, order, dropout (default: 0)" },
    limit: { type: "string", value: "N", help: "train on the first N images, validate on N / 10" },
    augment: { type: "boolean", help: "flip and crop the images at random" },
    backend: { type: "string", value: "NAME", default: "auto", help: "auto, webgpu or wasm" },
    workers: { type: "string", value: "N", help: "on wasm (default: the processor's cores)" },
    dir: { type: "string", value: "DIR", default: "data/tiny-imagenet-200", help: "prepared data" },
    models: { type: "string", value: "DIR", default: "models", help: "folder of models" },
    out: { type: "string", value: "DIR", help: "folder of the run (default: runs/NAME)" },
    resume: { type: "boolean", help: "go on from the run's last checkpoint" },
  },
  examples: [
    "deno task train polychromify",
    "deno task train polychromify --limit 2000 --epochs 1",
    "deno task train polychromify --resume",
  ],
};

const CHECKPOINT_EVERY_SECONDS = 180;

if (import.meta.main) await runCommand(COMMAND, main);

async function main(args: Arguments): Promise<number> {
  const [name, ...rest] = args.positionals;
  if (!name || rest.length > 0) {
    throw new UsageError(
      `Cannot train: exactly one NAME is needed, got ${args.positionals.length}`,
    );
  }
  const modelsDir = textFlag(args, "models")!;
  const model = await readTrainableModel(modelsDir, name);
  const runDir = textFlag(args, "out") ?? `runs/${name}`;
  const earlier = await readRunConfig(runDir);
  const resume = args.values.resume === true;
  await checkRunFolder(runDir, { resume, earlier });
  const training = trainingConfig(args, resume ? { ...model, training: earlier!.training } : model);
  if (resume) checkUnchanged(training, earlier!.training);
  return await trainModel(args, { name, model: { ...model, training }, runDir, resume });
}

async function trainModel(
  args: Arguments,
  { name, model, runDir, resume }: {
    name: string;
    model: TrainableModel;
    runDir: string;
    resume: boolean;
  },
): Promise<number> {
  const { backend, description, reason } = await planBackend(
    choiceFlag(args, "backend", BACKEND_CHOICES)!,
  );
  const { network, training } = model;
  const workers = workerCount(args, { backend, batch: training.batch });
  console.error(`device: ${description}, ${reason}; workers: ${workers}`);
  const dataDir = textFlag(args, "dir")!;
  const command = `deno task train ${Deno.args.join(" ")}`;
  const about = { name, network, training, dataDir };
  await writeRunConfig(runDir, { ...about, device: description, workers, command });
  const job = { name, network, config: training, backend, dataDir, runDir, resume };
  const { finished, history } = await runWorkers({
    job: { ...job, checkpointEverySeconds: CHECKPOINT_EVERY_SECONDS },
    workers,
    parameterCount: await countParameters(network),
  });
  if (!finished) {
    console.error(`stopped; go on with: deno task train ${name} --resume`);
    return 130;
  }
  console.error(`done: ${history.length} epochs in ${runDir}`);
  return 0;
}

async function countParameters(config: NetworkConfig): Promise<number> {
  await startBackend("wasm"); // enough to count; the workers start the device
  const network = buildNetwork(config);
  network.dispose();
  return network.parameterCount;
}

/** Flags over the model's settings. */
function trainingConfig(args: Arguments, { training }: TrainableModel): TrainingConfig {
  return {
    epochs: integerFlag(args, "epochs") ?? training.epochs,
    batch: integerFlag(args, "batch") ?? training.batch,
    learningRate: numberFlag(args, "learning-rate") ?? training.learningRate,
    seed: integerFlag(args, "seed", { min: 0, max: 2 ** 31 - 1 }) ?? training.seed,
    augment: args.values.augment === true || training.augment,
    limit: integerFlag(args, "limit") ?? training.limit,
  };
}

async function checkRunFolder(
  runDir: string,
  { resume, earlier }: { resume: boolean; earlier: RunConfig | undefined },
): Promise<void> {
  const checkpoint = await hasCheckpoint(runDir);
  if (resume && !(checkpoint && earlier)) {
    throw new UsageError(`Cannot resume: ${runDir} must hold a checkpoint, found none`);
  }
  if (!resume && checkpoint) {
    throw new UsageError(
      `Cannot train: ${runDir} holds a run already; use --resume, or another folder with --out`,
    );
  }
}

/** A resumed run may get more epochs; anything else would make it another run. */
function checkUnchanged(now: TrainingConfig, before: TrainingConfig): void {
  for (const key of Object.keys(now) as (keyof TrainingConfig)[]) {
    if (key !== "epochs" && now[key] !== before[key]) {
      throw new UsageError(
        `Cannot resume: ${key} must stay ${before[key]} as the run began, got ${now[key]}`,
      );
    }
  }
}

function workerCount(
  args: Arguments,
  { backend, batch }: { backend: "webgpu" | "wasm"; batch: number },
): number {
  const asked = integerFlag(args, "workers", { max: 256 });
  if (backend === "webgpu") {
    if (asked && asked > 1) {
      throw new UsageError(`Cannot use --workers ${asked}: one GPU trains with one worker`);
    }
    return 1;
  }
  return Math.min(asked ?? navigator.hardwareConcurrency, batch);
}
