/** Prepares any folder of photographs: squares of one size, split by name, in constant memory. */
import { join } from "node:path";
import { DEFAULT_LIMITS } from "../image/limits.ts";
import type { Split } from "./dataset_index.ts";
import { folderSource } from "./folder_source.ts";
import { hashText } from "./hash.ts";
import { decodeSquare } from "./image_pixels.ts";
import { type Prepared, prepareDataset } from "./prepare.ts";
import type { DatasetRecipe, ImageJob, PrepareOptions, SplitImage } from "./recipe.ts";
import { RecordState } from "./record_store.ts";
import { readList } from "./sorted_list.ts";
import type { SplitPlan } from "./split_plan.ts";

const PHOTOGRAPH_NAME = /\.(jpe?g|png|webp|avif|tiff?|gif)$/i;

/** Decoded at once: a photograph may take 700 MB while it is decoded. */
const MAX_CONCURRENCY = 4;

/**
 * Prepares all pictures of a folder and the folders in it; hidden ones are left out. The set
 * becomes what the folder holds: pictures removed there leave the set when it is prepared again.
 * @throws {Error} As `prepareDataset()`, and when the folder holds no pictures.
 */
export function preparePhotographs(
  folder: string,
  { sizePx, ...options }: PrepareOptions & { sizePx: number },
): Promise<Prepared> {
  const recipe: DatasetRecipe = {
    kind: "photographs",
    sizePx,
    adds: false,
    concurrency: Math.min(navigator.hardwareConcurrency, MAX_CONCURRENCY),
    list: () => listImages(folder, options),
    read: (plans) => readImages(folder, plans),
    decode: (bytes, name) => decodeSquare(bytes, { name, sizePx }),
  };
  return prepareDataset(recipe, options);
}

/**
 * The split of a photograph, from its name alone: 90% train, 5% val, 5% test. The same name is in
 * the same split on every machine, however the folder grows.
 * @param name Path inside the folder, with `/`.
 */
export function splitOfName(name: string): Split {
  const part = hashText(name) % 100;
  return part < 5 ? "test" : part < 10 ? "val" : "train";
}

async function* listImages(folder: string, { log }: PrepareOptions): AsyncGenerator<SplitImage> {
  let images = 0, others = 0;
  for await (const { path, bytes, modifiedMs } of folderSource(folder)) {
    if (/(^|\/)\./.test(path)) continue;
    if (!PHOTOGRAPH_NAME.test(path)) {
      others++;
      continue;
    }
    images++;
    yield { split: splitOfName(path), name: path, signature: `${bytes}-${modifiedMs}` };
  }
  if (images === 0) {
    throw new RangeError(
      `Cannot use ${folder}: must hold pictures (JPEG, PNG, WebP, AVIF, TIFF, GIF) or an ` +
        `extracted Tiny ImageNet, got ${others} other files`,
    );
  }
  log(`${folder}: ${images} pictures`);
}

async function* readImages(folder: string, plans: SplitPlan[]): AsyncGenerator<ImageJob> {
  for (const plan of plans) {
    let index = 0;
    for await (const { name, signature } of readList(plan.listPath)) {
      if (plan.store.state(index) !== RecordState.stored) {
        const bytes = await readPicture(join(folder, name), parseInt(signature));
        yield { plan, index, name, bytes };
      }
      index++;
    }
  }
}

async function readPicture(path: string, size: number): Promise<Uint8Array | Error> {
  if (size > DEFAULT_LIMITS.maxBytes) {
    return new RangeError(`must have at most ${DEFAULT_LIMITS.maxBytes} bytes, got ${size}`);
  }
  try {
    return await Deno.readFile(path);
  } catch (error) {
    return error as Error;
  }
}
