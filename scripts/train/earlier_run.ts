/** Whether a run may start in a folder, or go on there. */
import type { NetworkConfig } from "../../src/network/config.ts";
import { readCheckpoint, type RunPosition } from "../../src/train/checkpoint.ts";
import type { TrainingConfig } from "../../src/train/config.ts";
import { UsageError } from "../command/run.ts";
import { checkpointPath, hasCheckpoint, readRunConfig, type RunConfig } from "./run_folder.ts";

/** A run that another sitting began: how, and how far it came. */
export interface EarlierRun {
  config: RunConfig;
  position: RunPosition;
}

/**
 * Makes sure that a new run overwrites none.
 * @throws {UsageError} When the folder holds a checkpoint.
 */
export async function refuseEarlierRun(runDir: string): Promise<void> {
  if (await hasCheckpoint(runDir)) {
    throw new UsageError(
      `Cannot train: ${runDir} holds a run already; use --resume, or another folder with --out`,
    );
  }
}

/**
 * Reads the run to go on with.
 * @throws {UsageError} When the folder holds none, or one of another model.
 * @throws {Error} When its files are damaged, naming them.
 */
export async function readEarlierRun(
  runDir: string,
  { name, network }: { name: string; network: NetworkConfig },
): Promise<EarlierRun> {
  const config = await readRunConfig(runDir);
  if (!config || !await hasCheckpoint(runDir)) {
    throw new UsageError(
      `Cannot resume: ${runDir} must hold a checkpoint, found none; leave out --resume to begin`,
    );
  }
  if (config.name !== name) {
    throw new UsageError(`Cannot resume: ${runDir} must be a run of ${name}, got ${config.name}`);
  }
  if (JSON.stringify(config.network) !== JSON.stringify(network)) {
    throw new UsageError(
      `Cannot resume: the network of ${name} must stay as the run in ${runDir} began, got another`,
    );
  }
  const { position } = await readCheckpoint(checkpointPath(runDir));
  return { config, position };
}

/**
 * A resumed run may get more epochs; anything else would make it another run, and so would more
 * epochs under a cosine, whose every step follows from the number of all steps.
 * @throws {UsageError} Naming the setting, what it was and what it would be.
 */
export function checkSameTraining(now: TrainingConfig, { config, position }: EarlierRun): void {
  const before = config.training;
  for (const key of Object.keys(now) as (keyof TrainingConfig)[]) {
    const [was, is] = [before[key], now[key]].map(inWords);
    if (key !== "epochs" && was !== is) {
      throw new UsageError(`Cannot resume: ${key} must stay ${was} as the run began, got ${is}`);
    }
  }
  if (now.schedule === "cosine" && now.epochs !== before.epochs) {
    throw new UsageError(
      `Cannot resume: epochs must stay ${before.epochs} as the run began, since its cosine ` +
        `schedule ends with them, got ${now.epochs}; for more, begin another run with --init`,
    );
  }
  if (now.epochs < position.epoch) {
    throw new UsageError(
      `Cannot resume: epochs must be ${position.epoch} or more, which are done, got ${now.epochs}`,
    );
  }
}

function inWords(setting: TrainingConfig[keyof TrainingConfig]): string {
  return typeof setting === "object" ? JSON.stringify(setting) : String(setting);
}

/**
 * The order of the images follows from their number, and the result from the images.
 * @throws {UsageError} When the data set is not the one that the run began with.
 */
export function checkSameImages(
  { dataDir, trainingSha256 }: { dataDir: string; trainingSha256: string },
  { config }: EarlierRun,
): void {
  if (config.trainingSha256 !== undefined && config.trainingSha256 !== trainingSha256) {
    throw new UsageError(
      `Cannot resume: ${dataDir} must hold the training images that the run began with, got others`,
    );
  }
}
