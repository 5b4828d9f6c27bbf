/**
 * Joins prepared data sets into one that is trained on: the first with its validation and test
 * split, of the others the training split.
 */
import { basename, resolve } from "node:path";
import { type DatasetIndex, namesPath, readDatasetIndex, SPLITS } from "./dataset_index.ts";
import { readRows } from "./lines.ts";
import { imageKey, missingImages } from "./missing_images.ts";
import { type Prepared, prepareDataset } from "./prepare.ts";
import type { DatasetRecipe, ImageJob, PrepareOptions, SplitImage } from "./recipe.ts";
import { type ImageSplit, openSplit } from "./split.ts";
import type { SplitPlan } from "./split_plan.ts";

/** A prepared data set that is joined. */
interface Part {
  dir: string;
  index: DatasetIndex;
  /** What stands before the names of its images: the folder's name, nothing for the first. */
  prefix: string;
}

/** An image of the joined set, and where it is. */
interface Found extends SplitImage {
  dir: string;
  index: number;
}

/**
 * Joins prepared data sets. Images of all but the first get the name of their set's folder before
 * their own, which makes it their class: `photographs/aunt.jpg`.
 * @param dirs Two or more folders that `prepareDataset()` made, of images of one size.
 * @throws {Error} When a folder holds no prepared set, or as `prepareDataset()`.
 * @throws {RangeError} When images have another size, or a folder's name is that of another or of a
 * class of the first.
 */
export async function joinDatasets(
  dirs: readonly string[],
  options: PrepareOptions,
): Promise<Prepared> {
  const parts = await readParts(dirs);
  const [{ index: { sizePx } }] = parts as [Part];
  const recipe: DatasetRecipe = {
    kind: "joined",
    parts: parts.map(({ dir, index: { dataset, splits } }) => ({
      name: basename(resolve(dir)),
      dataset,
      trainingImages: splits.train?.count ?? 0,
    })),
    sizePx,
    adds: false,
    concurrency: 1,
    list: () => listImages(parts),
    read: (plans) => readImages(parts, plans),
    decode: (rgb) => Promise.resolve(rgb), // stored as they are
  };
  return prepareDataset(recipe, options);
}

async function readParts(dirs: readonly string[]): Promise<Part[]> {
  const parts: Part[] = [];
  for (const [i, dir] of dirs.entries()) {
    const index = await readDatasetIndex(dir);
    if (!index) throw new Error(`Cannot join ${dir}: it must hold a prepared data set, got none`);
    const first = parts[0]?.index ?? index;
    if (index.sizePx !== first.sizePx) {
      throw new RangeError(
        `Cannot join ${dir}: images must have ${first.sizePx} pixels a side as those of ` +
          `${dirs[0]}, got ${index.sizePx}`,
      );
    }
    const prefix = i === 0 ? "" : `${basename(resolve(dir))}/`;
    if (i > 0 && parts.some((part) => part.prefix === prefix)) {
      throw new RangeError(
        `Cannot join ${dir}: its name must be of one set only, as it becomes a class, got two`,
      );
    }
    parts.push({ dir, index, prefix });
  }
  return parts;
}

/** Goes through all images that are joined; an image's signature is the checksum of its pixels. */
async function* listImages(parts: readonly Part[]): AsyncGenerator<Found> {
  for (const { dir, prefix } of parts) {
    for (const split of prefix ? ["train"] as const : SPLITS) {
      let at = 0;
      for await (const [name, , crc32] of readRows(namesPath(dir, split))) {
        if (!prefix) refuseClassOfOther(name!, parts);
        yield { split, name: prefix + name, signature: crc32!, dir, index: at++ };
      }
    }
  }
}

/** Images of one name would be taken for one image, and one class for the other. */
function refuseClassOfOther(name: string, parts: readonly Part[]): void {
  const other = parts.find(({ prefix }) => prefix && name.startsWith(prefix));
  if (!other) return;
  throw new RangeError(
    `Cannot join ${other.dir}: its name must be no class of ${parts[0]!.dir}, got ${name} there`,
  );
}

async function* readImages(parts: readonly Part[], plans: SplitPlan[]): AsyncGenerator<ImageJob> {
  const missing = await missingImages(plans);
  let open: ImageSplit | undefined;
  try {
    for await (const { dir, index, ...image } of listImages(parts)) {
      const place = missing.get(imageKey(image));
      if (!place) continue;
      if (open?.dir !== dir || open.split !== image.split) {
        open?.close();
        open = await openSplit(dir, image.split);
      }
      yield { ...place, name: image.name, bytes: await open.readImages([index]) };
    }
  } finally {
    open?.close();
  }
}
