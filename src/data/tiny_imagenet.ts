/**
 * Facts about Tiny ImageNet 200.
 * @see Le and Yang, "Tiny ImageNet Visual Recognition Challenge" (2015).
 */
import { type DatasetIndex, imageBytes, pixelsPath, type Split, SPLITS } from "./dataset_index.ts";
import { fileBytes } from "./files.ts";

/** Side of its images. */
export const TINY_IMAGENET_SIZE_PX = 64;

/** Images of the whole set. */
export const TINY_IMAGENET_COUNTS: Readonly<Record<Split, number>> = {
  train: 100_000,
  val: 10_000,
  test: 10_000,
};

/** The public archive. */
export const TINY_IMAGENET_ARCHIVE = {
  url: "http://cs231n.stanford.edu/tiny-imagenet-200.zip",
  bytes: 248_100_043,
  md5: "90528d7ca1a48142e341f4ef8d21d0de",
} as const;

const TRAIN_PATH = /(?:^|\/)train\/(n\d+)\/images\/(\1_\d+\.JPEG)$/i;
const EVAL_PATH = /(?:^|\/)(val|test)\/images\/(\1_\d+\.JPEG)$/i;

/**
 * Tells which image a path is.
 * @returns Undefined for files that are no images of the set, such as word lists.
 */
export function tinyImagenetImage(path: string): { split: Split; name: string } | undefined {
  const train = TRAIN_PATH.exec(path);
  if (train) return { split: "train", name: train[2]! };
  const found = EVAL_PATH.exec(path);
  return found ? { split: found[1]!.toLowerCase() as Split, name: found[2]! } : undefined;
}

/** Whether a folder is an extracted Tiny ImageNet, whole or in part, or holds one. */
export async function isTinyImagenetFolder(folder: string): Promise<boolean> {
  for (const root of [folder, `${folder}/tiny-imagenet-200`]) {
    if (await isFolder(`${root}/val/images`) || await isFolder(`${root}/test/images`)) return true;
    if (await hasClassFolder(`${root}/train`)) return true;
  }
  return false;
}

async function isFolder(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => undefined))?.isDirectory ?? false;
}

async function hasClassFolder(train: string): Promise<boolean> {
  if (!await isFolder(train)) return false;
  for await (const { name } of Deno.readDir(train)) {
    if (/^n\d+$/.test(name) && await isFolder(`${train}/${name}/images`)) return true;
  }
  return false;
}

/** Whether a prepared set holds all that there is, apart from images that cannot be read. */
export async function isComplete(dir: string, { splits, sizePx }: DatasetIndex): Promise<boolean> {
  for (const split of SPLITS) {
    const entry = splits[split];
    if (!entry || entry.count + entry.unreadable < TINY_IMAGENET_COUNTS[split]) return false;
    if (await fileBytes(pixelsPath(dir, split)) !== entry.count * imageBytes(sizePx)) return false;
  }
  return true;
}
