/** Prepares any folder of photographs: squares of one size, split by name, a few at a time. */
import { join } from "node:path";
import { DEFAULT_LIMITS } from "../image/limits.ts";
import type { Pixels } from "../image/resize.ts";
import type { Split } from "./dataset_index.ts";
import { folderSource } from "./folder_source.ts";
import { hashText } from "./hash.ts";
import { decodeRgb, squareOf } from "./image_pixels.ts";
import { type Prepared, prepareDataset } from "./prepare.ts";
import { randomCrop } from "./random_crop.ts";
import type { DatasetRecipe, ImageJob, PrepareOptions, SplitImage } from "./recipe.ts";
import { RecordState } from "./record_store.ts";
import { readList } from "./sorted_list.ts";
import type { SplitPlan } from "./split_plan.ts";

const PHOTOGRAPH_NAME = /\.(jpe?g|png|webp|avif|tiff?|gif)$/i;

/** Decoded at once: a photograph may take 700 MB while it is decoded. */
const MAX_CONCURRENCY = 4;

/** How photographs become images. */
export interface PhotographOptions extends PrepareOptions {
  /** Side of the images. */
  sizePx: number;
  /** Training images of each photograph: the square in the middle, the others anywhere in it. */
  crops?: number | undefined;
}

/**
 * Prepares all pictures of a folder and the folders in it; hidden ones are left out. The set
 * becomes what the folder holds: pictures removed there leave the set when it is prepared again.
 * @throws {Error} As `prepareDataset()`, and when the folder holds no pictures.
 */
export function preparePhotographs(
  folder: string,
  { sizePx, crops = 1, ...options }: PhotographOptions,
): Promise<Prepared> {
  const pictureOf = rememberDecoded();
  const recipe: DatasetRecipe = {
    kind: "photographs",
    sizePx,
    adds: false,
    concurrency: Math.min(navigator.hardwareConcurrency, MAX_CONCURRENCY),
    list: () => listImages(folder, { ...options, crops }),
    read: (plans) => readImages(folder, plans),
    decode: async (bytes, name) => {
      const { path, crop } = parseName(name);
      const picture = await pictureOf(bytes, path);
      const box = crop > 0 ? randomCrop({ ...picture, name: path, crop }, sizePx) : undefined;
      return squareOf(picture, { sizePx, box });
    },
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

/** Decodes each file's bytes once, for all its crops; forgets a picture with its bytes. */
function rememberDecoded() {
  const pictures = new WeakMap<Uint8Array, Promise<Pixels<Uint8Array>>>();
  return (bytes: Uint8Array, path: string) => {
    const known = pictures.get(bytes);
    if (known) return known;
    const decoding = decodeRgb(bytes, path);
    pictures.set(bytes, decoding);
    return decoding;
  };
}

/**
 * The photograph of an image, and which crop it is; 0 is the square in the middle. No photograph's
 * path ends as crops do: it has a suffix.
 */
function parseName(name: string): { path: string; crop: number } {
  const mark = name.search(/#\d+$/);
  if (mark < 0) return { path: name, crop: 0 };
  return { path: name.slice(0, mark), crop: Number(name.slice(mark + 1)) };
}

async function* listImages(
  folder: string,
  { log, crops }: Pick<PrepareOptions, "log"> & { crops: number },
): AsyncGenerator<SplitImage> {
  let images = 0, others = 0;
  for await (const { path, bytes, modifiedMs } of folderSource(folder)) {
    if (/(^|\/)\./.test(path)) continue;
    if (!PHOTOGRAPH_NAME.test(path)) {
      others++;
      continue;
    }
    images++;
    const [split, signature] = [splitOfName(path), `${bytes}-${modifiedMs}`];
    yield { split, name: path, signature };
    if (split !== "train") continue;
    for (let crop = 1; crop < crops; crop++) {
      yield { split, name: `${path}#${crop}`, signature };
    }
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
    let last: { path: string; bytes: Uint8Array | Error } | undefined;
    for await (const { name, signature } of readList(plan.listPath)) {
      if (plan.store.state(index) !== RecordState.stored) {
        const { path } = parseName(name);
        if (last?.path !== path) {
          last = { path, bytes: await readPicture(join(folder, path), parseInt(signature)) };
        }
        yield { plan, index, name, bytes: last.bytes };
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
