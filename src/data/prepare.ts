/**
 * Prepares a data set: lists the images of the sources in a fixed order, decodes those that are
 * not there yet, and installs each split once it is complete. Killed at any point, the next run
 * goes on, and ends with the same files.
 */
import { join } from "node:path";
import {
  type DatasetIndex,
  imageBytes,
  pixelsPath,
  readDatasetIndex,
  type Split,
  SPLITS,
} from "./dataset_index.ts";
import { decodeImages } from "./decode_images.ts";
import { explainFullDisk, fileBytes } from "./files.ts";
import { installReady, stageSplit } from "./publish_split.ts";
import type { DatasetRecipe, PrepareOptions } from "./recipe.ts";
import {
  addFinished,
  planSplit,
  removeDraftLists,
  type SplitPlan,
  startList,
  type Workplace,
} from "./split_plan.ts";

/** A prepared data set. */
export interface Prepared {
  index: DatasetIndex;
  /** Splits that this run made or changed. */
  changed: Split[];
}

/**
 * Prepares a data set in `options.dir`.
 * @throws {Error} When the folder holds another data set or another run works in it, a source is
 * damaged or empty, more than 1% of the images cannot be read, or the disk is full.
 */
export async function prepareDataset(
  recipe: DatasetRecipe,
  options: PrepareOptions,
): Promise<Prepared> {
  const { dir } = options;
  const place = { dir, workDir: join(dir, ".preparing"), sizePx: recipe.sizePx };
  const found = await checkDataset(dir, recipe);
  await explainFullDisk(dir, () => Deno.mkdir(place.workDir, { recursive: true }));
  using lock = await lockFolder(place);
  const known = found ?? emptyIndex(recipe);
  let index = await installReady(place, recipe.parts ? { ...known, parts: recipe.parts } : known);
  index = await dropBroken(index, options);
  const plans: SplitPlan[] = [];
  try {
    for await (const plan of planSplits(recipe, place, { index, options })) plans.push(plan);
    const unreadable = await decodeImages(recipe, plans, options);
    for (const [plan, reasons] of unreadable) {
      await stageSplit(place, plan, { reasons, expected: recipe.expected?.[plan.split] });
      index = await installReady(place, index);
    }
  } finally {
    for (const { store } of plans) store.close();
  }
  await lock.clear();
  return { index, changed: plans.map(({ split }) => split) };
}

/**
 * Reads the index of the set in `dir`, and sees that it is of the kind that is to be prepared.
 * @returns Undefined when there is none yet.
 * @throws {Error} When it is another data set or of another size.
 */
export async function checkDataset(
  dir: string,
  { kind, sizePx }: Pick<DatasetRecipe, "kind" | "sizePx">,
): Promise<DatasetIndex | undefined> {
  const found = await readDatasetIndex(dir);
  if (!found || (found.dataset === kind && found.sizePx === sizePx)) return found;
  throw new Error(
    `Cannot prepare ${kind} at ${sizePx}x${sizePx} in ${dir}: it holds ${found.dataset} at ` +
      `${found.sizePx}x${found.sizePx}; choose another --dir`,
  );
}

function emptyIndex({ kind, sizePx }: DatasetRecipe): DatasetIndex {
  return { format: 1, dataset: kind, sizePx, splits: {} };
}

/** Keeps other runs out of the folder; the lock ends with the process, however that ends. */
async function lockFolder({ dir, workDir }: Workplace) {
  const path = join(workDir, "lock");
  const file = await Deno.open(path, { write: true, create: true });
  if (!await file.tryLock(true)) {
    file.close();
    throw new Error(`Cannot prepare ${dir}: another run is at work there`);
  }
  return {
    /** Removes the work folder, unless splits that this run did not touch are unfinished. */
    clear: async () => {
      await Deno.remove(path);
      await Deno.remove(workDir).catch(() => {});
    },
    [Symbol.dispose]: () => file.close(),
  };
}

/** Leaves out splits whose files are damaged: they are prepared anew. */
async function dropBroken(
  index: DatasetIndex,
  { dir, log }: PrepareOptions,
): Promise<DatasetIndex> {
  const splits = { ...index.splits };
  for (const split of SPLITS) {
    const entry = splits[split];
    if (!entry) continue;
    const path = pixelsPath(dir, split);
    const bytes = entry.count * imageBytes(index.sizePx);
    const found = await fileBytes(path);
    if (found === bytes) continue;
    log(`${path} must have ${bytes} bytes, got ${found ?? "no file"}: preparing it anew`);
    delete splits[split];
  }
  return { ...index, splits };
}

async function* planSplits(
  recipe: DatasetRecipe,
  place: Workplace,
  { index, options }: { index: DatasetIndex; options: PrepareOptions },
): AsyncGenerator<SplitPlan> {
  await removeDraftLists(place);
  const lists = new Map(SPLITS.map((split) => [split, startList(place, split)]));
  for await (const { split, ...image } of recipe.list()) {
    options.signal?.throwIfAborted();
    await lists.get(split)!.add(image);
  }
  for (const [split, list] of lists) {
    const entry = index.splits[split];
    if (recipe.adds && entry) await addFinished(list, place, split);
    const plan = await planSplit(place, { split, list, entry });
    if (plan) yield plan;
  }
}
