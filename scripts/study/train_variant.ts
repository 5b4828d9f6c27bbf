/** Trains one variant of the study by `deno task train`, from where it stopped. */
import type { EpochRecord } from "../../src/train/history.ts";
import { readCheckpoint } from "../../src/train/checkpoint.ts";
import { checkpointPath, hasCheckpoint, readRunConfig } from "../train/run_folder.ts";
import { readTrainingData } from "../train/training_data.ts";
import type { VariantResult } from "./table.ts";

/** A variant to train. */
export interface VariantRun {
  variant: string;
  runDir: string;
  /** Images of an epoch; undefined for all. */
  images: number | undefined;
  /** Undefined for the report's. */
  epochs: number | undefined;
  /** Flags that go to `deno task train` as they are. */
  flags: string[];
}

/**
 * Trains a variant until its epochs are over, or does nothing when they are.
 * @returns The exit code of `deno task train`: 130 when the user stopped it.
 */
export async function trainVariant(run: VariantRun): Promise<number> {
  const begun = await hasCheckpoint(run.runDir);
  const scale = [
    ...(run.epochs === undefined ? [] : ["--epochs", String(run.epochs)]),
    ...(run.images === undefined ? [] : ["--limit", String(run.images)]),
  ];
  const args = ["task", "--quiet", "train", run.variant, "--out", run.runDir];
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args, ...scale, ...run.flags, ...(begun ? ["--resume"] : [])],
    cwd: `${import.meta.dirname}/../..`,
  }).spawn();
  // Ctrl-C reaches the child by itself, which saves; the study must not end before it.
  const wait = () => {};
  const forward = () => child.kill("SIGTERM");
  Deno.addSignalListener("SIGINT", wait);
  Deno.addSignalListener("SIGTERM", forward);
  try {
    return (await child.status).code;
  } finally {
    Deno.removeSignalListener("SIGINT", wait);
    Deno.removeSignalListener("SIGTERM", forward);
  }
}

/** What a study has found so far. */
export interface Study {
  results: VariantResult[];
  histories: { name: string; history: EpochRecord[] }[];
}

/**
 * Reads how far variants came; those that have not begun are left out.
 * @param dir Folder of the runs.
 * @throws {Error} When a run's folder is damaged, naming the file.
 */
export async function readStudy(
  dir: string,
  { variants, dataDir }: { variants: string[]; dataDir: string },
): Promise<Study> {
  const study: Study = { results: [], histories: [] };
  for (const variant of variants) {
    const found = await readVariant(variant, `${dir}/${variant}`, dataDir);
    if (!found) continue;
    study.results.push(found.result);
    study.histories.push({ name: variant, history: found.history });
  }
  return study;
}

async function readVariant(
  variant: string,
  runDir: string,
  dataDir: string,
): Promise<{ result: VariantResult; history: EpochRecord[] } | undefined> {
  const config = await readRunConfig(runDir);
  if (!config || !await hasCheckpoint(runDir)) return undefined;
  const { position } = await readCheckpoint(checkpointPath(runDir));
  const { history, trainedSeconds } = position;
  const { images: imagesOfSplit } = await readTrainingData(dataDir);
  const psnrs = history.map(({ validationPsnr }: EpochRecord) => validationPsnr);
  const result = {
    variant,
    epochs: history.length,
    epochs_asked: config.training.epochs,
    images: Math.min(config.training.limit ?? imagesOfSplit, imagesOfSplit),
    images_of_split: imagesOfSplit,
    validation_psnr: psnrs.at(-1) ?? null,
    best_validation_psnr: psnrs.length > 0 ? Math.max(...psnrs) : null,
    trained_seconds: trainedSeconds,
    device: config.device,
    workers: config.workers,
  };
  return { result, history };
}
