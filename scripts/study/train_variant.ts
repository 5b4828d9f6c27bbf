/** Trains one variant of the study by `deno task train`, from where it stopped. */
import type { EpochRecord } from "../../src/train/history.ts";
import { readCheckpoint } from "../../src/train/checkpoint.ts";
import { checkpointPath, hasCheckpoint, readRunConfig } from "../train/run_folder.ts";
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

/**
 * Reads how far a variant came.
 * @returns Undefined when it has not begun.
 * @throws {Error} When its folder is damaged, naming the file.
 */
export async function readVariant(
  variant: string,
  runDir: string,
  { imagesOfSplit }: { imagesOfSplit: number },
): Promise<VariantResult | undefined> {
  const config = await readRunConfig(runDir);
  if (!config || !await hasCheckpoint(runDir)) return undefined;
  const { position } = await readCheckpoint(checkpointPath(runDir));
  const { history, trainedSeconds } = position;
  const psnrs = history.map(({ validationPsnr }: EpochRecord) => validationPsnr);
  return {
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
}
