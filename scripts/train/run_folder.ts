/** The folder of a training run: `config.json`, checkpoint, history and its chart. */
import { replaceFile } from "../../src/data/files.ts";
import type { NetworkConfig } from "../../src/network/config.ts";
import { parseTrainingConfig, type TrainingConfig } from "../../src/train/config.ts";
import type { InitialWeights } from "./initial_weights.ts";
import { type EpochRecord, writeHistory } from "../../src/train/history.ts";
import { historyChart } from "../../src/train/history_chart.ts";

/** What `config.json` of a run holds. */
export interface RunConfig {
  name: string;
  network: NetworkConfig;
  training: TrainingConfig;
  /** The weights that the run began with; fresh ones when undefined. */
  init?: InitialWeights | undefined;
  /** Where the images came from, and what trained on them last. */
  dataDir: string;
  /** SHA-256 of the prepared training split. */
  trainingSha256?: string;
  device: string;
  workers: number;
  command: string;
}

/** Path of the checkpoint in a run's folder. */
export function checkpointPath(runDir: string): string {
  return `${runDir}/checkpoint.safetensors`;
}

/** Path of a run's configuration. */
export function runConfigPath(runDir: string): string {
  return `${runDir}/config.json`;
}

/**
 * Reads a run's configuration; undefined when the folder holds no run.
 * @throws {Error} When the file is there but cannot be read.
 */
export async function readRunConfig(runDir: string): Promise<RunConfig | undefined> {
  const path = runConfigPath(runDir);
  try {
    const config = JSON.parse(await Deno.readTextFile(path));
    // Settings that were not there yet when the run began are the report's.
    return { ...config, training: parseTrainingConfig(config.training) };
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw new Error(`Cannot read ${path}`, { cause });
  }
}

/** Makes the folder and writes the configuration. */
export async function writeRunConfig(runDir: string, config: RunConfig): Promise<void> {
  await Deno.mkdir(runDir, { recursive: true });
  await replaceFile(runConfigPath(runDir), JSON.stringify(config, null, 2) + "\n");
}

/** Writes history and chart of the finished epochs. */
export async function writeRunHistory(
  runDir: string,
  { name, history }: { name: string; history: EpochRecord[] },
): Promise<void> {
  await writeHistory(`${runDir}/history.jsonl`, history);
  if (history.length > 0) {
    await replaceFile(`${runDir}/history.svg`, await historyChart(name, history));
  }
}

/** Whether the folder holds a checkpoint to go on from. */
export async function hasCheckpoint(runDir: string): Promise<boolean> {
  return await Deno.stat(checkpointPath(runDir)).then(() => true, () => false);
}
