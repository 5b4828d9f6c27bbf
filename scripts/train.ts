/** `deno task train NAME`: trains a model of the models folder. */
import {
  BACKEND_CHOICES,
  KERNEL_CHOICES,
  planBackend,
  startBackend,
} from "../src/backend/start.ts";
import { buildNetwork } from "../src/network/build.ts";
import type { NetworkConfig } from "../src/network/config.ts";
import type { TrainingConfig } from "../src/train/config.ts";
import type { EpochRecord } from "../src/train/history.ts";
import { BACKEND_FLAG, DATA_FLAG, MODELS_FLAG } from "./command/common_flags.ts";
import { choiceFlag, integerFlag, textFlag } from "./command/flags.ts";
import { type Arguments, type Command, runCommand, UsageError } from "./command/run.ts";
import { chooseBatch, MOST_BATCH } from "./train/auto_batch.ts";
import {
  checkSameImages,
  checkSameTraining,
  type EarlierRun,
  readEarlierRun,
  refuseEarlierRun,
} from "./train/earlier_run.ts";
import { findInitialWeights, type InitialWeights } from "./train/initial_weights.ts";
import { readTrainableModel } from "./train/model_config.ts";
import { writeRunConfig, writeRunHistory } from "./train/run_folder.ts";
import { runWorkers } from "./train/run_workers.ts";
import { readTrainingData } from "./train/training_data.ts";
import { classWeightsFlag, TRAINING_FLAGS, trainingConfig } from "./train/training_flags.ts";

const COMMAND: Command = {
  name: "train",
  summary: "Trains a model; Ctrl-C saves, --resume goes on.",
  positionals: "NAME",
  flags: {
    ...TRAINING_FLAGS,
    init: { type: "string", value: "MODEL|FILE", help: "begin with these weights, not fresh ones" },
    backend: BACKEND_FLAG,
    kernels: {
      type: "string",
      value: "WHOSE",
      default: "ours",
      help: "ours, or tfjs' own: builtin",
    },
    workers: { type: "string", value: "N", help: "on wasm (default: the processor's cores)" },
    dir: {
      type: "string",
      value: "DIR",
      help: `prepared data set (default: the run's, or ${DATA_FLAG.default})`,
    },
    models: MODELS_FLAG,
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

/** A run to begin or to go on with. */
interface RunPlan {
  name: string;
  network: NetworkConfig;
  training: TrainingConfig;
  runDir: string;
  /** What earlier sittings left; undefined to begin. */
  earlier: EarlierRun | undefined;
}

if (import.meta.main) await runCommand(COMMAND, main);

async function main(args: Arguments): Promise<number> {
  const [name, ...rest] = args.positionals;
  if (!name || rest.length > 0) {
    throw new UsageError(
      `Cannot train: exactly one NAME is needed, got ${args.positionals.length}`,
    );
  }
  const { network, training: usual } = await readTrainableModel(textFlag(args, "models")!, name);
  if (args.values.aged !== undefined && network.kind !== "palette") {
    throw new UsageError(
      `Cannot use --aged with ${name}: it must be a palette, got ${network.kind}`,
    );
  }
  const runDir = textFlag(args, "out") ?? `runs/${name}`;
  const resume = args.values.resume === true;
  if (!resume) await refuseEarlierRun(runDir);
  else if (args.values.init !== undefined) {
    throw new UsageError("Cannot use --init with --resume: the run has weights already");
  }
  const earlier = resume ? await readEarlierRun(runDir, { name, network }) : undefined;
  const classWeights = await classWeightsFlag(args);
  const before = earlier?.config.training ?? usual;
  const training = trainingConfig(args, { ...before, ...(classWeights && { classWeights }) });
  if (earlier) checkSameTraining(training, earlier);
  const { finished, history } = await trainModel(args, {
    name,
    network,
    training,
    runDir,
    earlier,
  });
  if (!finished) {
    console.error(`stopped; go on with: ${resumeCommand(args, name)}`);
    return 130;
  }
  console.error(`done: ${history.length} epoch(s) in ${runDir}`);
  return 0;
}

async function trainModel(
  args: Arguments,
  { name, network, training: asked, runDir, earlier }: RunPlan,
): Promise<{ finished: boolean; history: EpochRecord[] }> {
  const { backend, description, reason } = await planBackend(
    choiceFlag(args, "backend", BACKEND_CHOICES)!,
  );
  const kernels = choiceFlag(args, "kernels", KERNEL_CHOICES)!;
  const dataDir = textFlag(args, "dir") ?? earlier?.config.dataDir ?? DATA_FLAG.default;
  const { sizePx, images, chosen, dull, sha256: trainingSha256 } = await readTrainingData(
    dataDir,
    asked,
  );
  if (dull > 0) console.error(`left out: ${dull} images of little color`);
  if (earlier) checkSameImages({ dataDir, trainingSha256 }, earlier);
  const { parameterCount, init = earlier?.config.init } = await checkNetwork(args, network, {
    dataDir,
    sizePx,
  });
  const training = args.values.batch === "auto" && !earlier
    ? { ...asked, batch: await autoBatch(args, network, { backend, sizePx, images }) }
    : asked;
  const workers = workerCount(args, { backend, batch: training.batch });
  console.error(`device: ${description}, ${reason}; workers: ${workers}`);
  const history = earlier?.position.history ?? [];
  const about = { name, network, training, init, dataDir, trainingSha256 };
  const command = commandsSoFar(earlier);
  await writeRunConfig(runDir, { ...about, device: description, workers, command });
  // A run that was killed may have saved an epoch that its history does not show yet.
  if (earlier) await writeRunHistory(runDir, { name, history });
  const begin = { resume: !!earlier, initFrom: init?.path };
  const job = { name, network, config: training, backend, kernels, dataDir, runDir, ...begin };
  return await runWorkers({
    job: { ...job, images: chosen, checkpointEverySeconds: CHECKPOINT_EVERY_SECONDS },
    workers,
    parameterCount,
    history,
  });
}

/** The batch that fits, which the run's configuration then holds as a number. */
async function autoBatch(
  args: Arguments,
  network: NetworkConfig,
  { backend, ...data }: { backend: "webgpu" | "wasm"; sizePx: number; images: number },
): Promise<number> {
  const workers = workerCount(args, { backend, batch: MOST_BATCH });
  const batch = await chooseBatch(network, { backend, workers, ...data });
  console.error(`batch: ${batch} images a step fit`);
  return batch;
}

/** Counts the weights of a network, once it is sure to take the images and the first weights. */
async function checkNetwork(
  args: Arguments,
  config: NetworkConfig,
  { dataDir, sizePx }: { dataDir: string; sizePx: number },
): Promise<{ parameterCount: number; init: InitialWeights | undefined }> {
  await startBackend("wasm"); // enough to count; the workers start the device
  const network = buildNetwork(config);
  if (sizePx % network.sizeMultiple !== 0) {
    throw new RangeError(
      `Cannot train on ${dataDir}: the sides of images must divide by ${network.sizeMultiple}, got ${sizePx}`,
    );
  }
  const [init, modelsDir] = [textFlag(args, "init"), textFlag(args, "models")!];
  const found = init === undefined
    ? undefined
    : await findInitialWeights(init, { network, modelsDir });
  network.dispose();
  return { parameterCount: network.parameterCount, init: found };
}

/** This command line, after those of the run's earlier sittings. */
function commandsSoFar(earlier: EarlierRun | undefined): string {
  const command = `deno task train ${Deno.args.join(" ")}`;
  const before = earlier?.config.command;
  if (before === undefined) return command;
  return before.endsWith(command) ? before : `${before} && ${command}`;
}

/** The command that goes on with this run, on the same device: its folder holds all the rest. */
function resumeCommand(args: Arguments, name: string): string {
  const given = ["backend", "kernels", "workers", "models", "out"].flatMap((flag) => {
    const text = textFlag(args, flag);
    return text === COMMAND.flags[flag]!.default ? [] : [`--${flag} ${text}`];
  });
  return ["deno task train", name, ...given, "--resume"].join(" ");
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
