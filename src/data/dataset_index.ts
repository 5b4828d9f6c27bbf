/** `index.json` of a prepared data set: which splits it holds, and what their files must be. */
import { join } from "node:path";
import { replaceFile } from "./files.ts";

/** The splits that every data set has. */
export const SPLITS = ["train", "val", "test"] as const;
export type Split = (typeof SPLITS)[number];

/** What a data set was made from. */
export type DatasetKind = "tiny-imagenet-200" | "photographs" | "joined";

/** One prepared split. */
export interface SplitEntry {
  /** Images in `SPLIT.rgb`. */
  count: number;
  /** Images that the whole split has, where that is known. */
  expected?: number;
  /** Images left out because they could not be read; `SPLIT.unreadable.tsv` lists them. */
  unreadable: number;
  /** SHA-256 of `SPLIT.rgb`. */
  sha256: string;
  /** SHA-256 of the names and signatures that the split was prepared from. */
  listSha256: string;
}

/** A data set that another one was joined from. */
export interface DatasetPart {
  /** Of its folder. */
  name: string;
  dataset: DatasetKind;
  trainingImages: number;
}

/** The whole index. */
export interface DatasetIndex {
  format: 1;
  dataset: DatasetKind;
  /** What a joined set was joined from. */
  parts?: readonly DatasetPart[];
  /** Side of the square images. */
  sizePx: number;
  splits: Partial<Record<Split, SplitEntry>>;
}

/** Bytes of one image: 8-bit RGB. */
export function imageBytes(sizePx: number): number {
  return sizePx * sizePx * 3;
}

/** Path of a split's pixels: the images, one after the other. */
export function pixelsPath(dir: string, split: Split): string {
  return join(dir, `${split}.rgb`);
}

/** Path of a split's names: one line per image, in the order of the pixels. */
export function namesPath(dir: string, split: Split): string {
  return join(dir, `${split}.tsv`);
}

/** Path of the list of images that were left out; there only when there are any. */
export function unreadablePath(dir: string, split: Split): string {
  return join(dir, `${split}.unreadable.tsv`);
}

/**
 * Reads the index of a data set.
 * @returns Undefined when the folder holds none.
 * @throws {SyntaxError} When the file is no index of this format.
 */
export async function readDatasetIndex(dir: string): Promise<DatasetIndex | undefined> {
  const path = join(dir, "index.json");
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  let index: Partial<DatasetIndex>;
  try {
    index = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${path}: must be JSON`, { cause });
  }
  if (index?.format !== 1 || !Number.isInteger(index.sizePx) || !index.splits) {
    throw new SyntaxError(`Cannot read ${path}: must be a data set of format 1, got another`);
  }
  return index as DatasetIndex;
}

/** Writes the index, splits in their order; a crash leaves the old one or the new one. */
export async function writeDatasetIndex(dir: string, index: DatasetIndex): Promise<void> {
  const splits = Object.fromEntries(SPLITS.map((split) => [split, index.splits[split]]));
  await replaceFile(
    join(dir, "index.json"),
    `${JSON.stringify({ ...index, splits }, null, 2)}\n`,
  );
}
