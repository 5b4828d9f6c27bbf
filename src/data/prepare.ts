/**
 * Prepares a data set: lists the images of the sources in a fixed order, decodes those that are
 * not there yet, and installs each split once it is complete. Killed at any point, the next run
 * goes on, and ends with the same files.
 */
import { join } from "node:path";
import { forEachConcurrently } from "./concurrent.ts";
import {
  type DatasetIndex,
  type DatasetKind,
  imageBytes,
  pixelsPath,
  readDatasetIndex,
  type Split,
  SPLITS,
} from "./dataset_index.ts";
import { fileBytes } from "./files.ts";
import { installReady, stageSplit, type UnreadableReasons } from "./publish_split.ts";
import type { ListedImage } from "./sorted_list.ts";
import { addFinished, planSplit, type SplitPlan, startList, type Workplace } from "./split_plan.ts";

/** A display of progress; see scripts/command/progress.ts. */
export type StartProgress = (
  label: string,
  options: { total: number; unit: string; start?: number },
) => { update(done: number, text?: string): void; log(line: string): void; stop(): void };

/** An image in one of the splits. */
export interface SplitImage extends ListedImage {
  split: Split;
}

/** An image to be decoded. */
export interface ImageJob {
  plan: SplitPlan;
  /** Place in the plan's list. */
  index: number;
  name: string;
  /** The file's bytes, or why they could not be read. */
  bytes: Uint8Array | Error;
}

/** A kind of data set: where its images are, and how one becomes pixels. */
export interface DatasetRecipe {
  kind: DatasetKind;
  sizePx: number;
  /** Images that each whole split has, where that is known. */
  expected?: Readonly<Record<Split, number>>;
  /** Whether images of earlier runs stay in the set when the present sources lack them. */
  adds: boolean;
  /** Names all images of the sources, in any order. */
  list(): AsyncIterable<SplitImage>;
  /** Reads the images that the plans still miss, in any order. */
  read(plans: SplitPlan[]): AsyncIterable<ImageJob>;
  /** Decodes an image to 8-bit RGB, shape [sizePx * sizePx * 3]. */
  decode(bytes: Uint8Array, name: string): Promise<Uint8Array>;
}

/** How a preparation runs. */
export interface PrepareOptions {
  dir: string;
  startProgress: StartProgress;
  /** Says something to the user. */
  log(line: string): void;
  /** Stops the work; what is done is kept. */
  signal?: AbortSignal;
}

/** A prepared data set. */
export interface Prepared {
  index: DatasetIndex;
  /** Splits that this run made or changed. */
  changed: Split[];
}

/** Images decoded at once. */
const CONCURRENCY = 8;

/** Largest part of unreadable images that is not an error. */
const MAX_UNREADABLE = 0.01;

/**
 * Prepares a data set in `options.dir`.
 * @throws {Error} When the folder holds another data set, a source is damaged, more than 1% of
 * the images cannot be read, or the disk is full.
 */
export async function prepareDataset(
  recipe: DatasetRecipe,
  options: PrepareOptions,
): Promise<Prepared> {
  const { dir } = options;
  const place = { dir, workDir: join(dir, ".preparing"), sizePx: recipe.sizePx };
  const found = await readDatasetIndex(dir);
  checkKind(recipe, dir, found);
  await Deno.mkdir(place.workDir, { recursive: true });
  let index = await installReady(place, found ?? emptyIndex(recipe));
  index = await dropBroken(place, index, options);
  const plans = await planSplits(recipe, place, { index, options });
  const reasons = new Map(plans.map((plan) => [plan, new Map() as UnreadableReasons]));
  await decodeAll(recipe, reasons, options);
  for (const [plan, unreadable] of reasons) {
    await stageSplit(place, plan, {
      reasons: unreadable,
      expected: recipe.expected?.[plan.split],
    });
    index = await installReady(place, index);
  }
  await Deno.remove(place.workDir, { recursive: true });
  return { index, changed: plans.map(({ split }) => split) };
}

function emptyIndex({ kind, sizePx }: DatasetRecipe): DatasetIndex {
  return { format: 1, dataset: kind, sizePx, splits: {} };
}

function checkKind({ kind, sizePx }: DatasetRecipe, dir: string, found?: DatasetIndex): void {
  if (!found || (found.dataset === kind && found.sizePx === sizePx)) return;
  throw new Error(
    `Cannot prepare ${kind} at ${sizePx}x${sizePx} in ${dir}: it holds ${found.dataset} at ${found.sizePx}x${found.sizePx}; choose another --dir`,
  );
}

/** Leaves out splits whose files are damaged: they are prepared anew. */
async function dropBroken(
  { dir }: Workplace,
  index: DatasetIndex,
  { log }: PrepareOptions,
): Promise<DatasetIndex> {
  const splits = { ...index.splits };
  for (const split of SPLITS) {
    const entry = splits[split];
    const path = pixelsPath(dir, split);
    const bytes = entry && entry.count * imageBytes(index.sizePx);
    if (bytes === undefined || await fileBytes(path) === bytes) continue;
    log(`${path} must have ${bytes} bytes and has not: preparing it anew`);
    delete splits[split];
  }
  return { ...index, splits };
}

async function planSplits(
  recipe: DatasetRecipe,
  place: Workplace,
  { index, options }: { index: DatasetIndex; options: PrepareOptions },
): Promise<SplitPlan[]> {
  const lists = new Map(SPLITS.map((split) => [split, startList(place, split)]));
  let count = 0;
  for await (const { split, ...image } of recipe.list()) {
    options.signal?.throwIfAborted();
    await lists.get(split)!.add(image);
    count++;
  }
  if (count === 0) throw new Error("Cannot prepare a data set: the sources hold no images");
  const plans: SplitPlan[] = [];
  for (const [split, list] of lists) {
    const entry = index.splits[split];
    if (recipe.adds && entry) await addFinished(list, place, split);
    const plan = await planSplit(place, { split, list, entry });
    if (plan) plans.push(plan);
  }
  return plans;
}

async function decodeAll(
  recipe: DatasetRecipe,
  plans: Map<SplitPlan, UnreadableReasons>,
  { startProgress, signal }: PrepareOptions,
): Promise<void> {
  const total = [...plans.keys()].reduce((sum, { count }) => sum + count, 0);
  const start = [...plans.keys()].reduce((sum, { stored }) => sum + stored, 0);
  if (start === total) return;
  const progress = startProgress("Preparing", { total, unit: "images", start });
  let done = start, unreadable = 0;
  const work = async ({ plan, index, name, bytes }: ImageJob) => {
    signal?.throwIfAborted();
    let rgb: Uint8Array;
    try {
      if (bytes instanceof Error) throw bytes;
      rgb = await recipe.decode(bytes, name);
    } catch (error) {
      const reason = (error as Error).message;
      plans.get(plan)!.set(index, reason);
      plan.store.markUnreadable(index);
      progress.log(`Skipped ${plan.split} ${name}: ${reason}`);
      if (++unreadable > MAX_UNREADABLE * total) throw tooManyUnreadable(unreadable, total, name);
      return;
    }
    plan.store.write(index, rgb);
    progress.update(++done);
  };
  try {
    await forEachConcurrently(recipe.read([...plans.keys()]), CONCURRENCY, work);
  } finally {
    progress.stop();
  }
}

function tooManyUnreadable(unreadable: number, total: number, name: string): Error {
  return new Error(
    `Cannot prepare the data set: at most 1% of ${total} images may be unreadable, got ${unreadable} so far, the last is ${name}`,
  );
}
