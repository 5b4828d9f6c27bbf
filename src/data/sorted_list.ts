/**
 * A sorted list of images on disk, made in constant memory: chunks are sorted and written out,
 * then merged. Names sort as people count: `val_2` before `val_10`.
 */
import { createHash } from "node:crypto";
import { removeFile } from "./files.ts";
import { createRows, formatRow, readRows } from "./lines.ts";

/** An image in a list. */
export interface ListedImage {
  /** Unique in its split. */
  name: string;
  /** Changes when the image's file does. */
  signature: string;
}

/** What became of the images that were added. */
export interface SortedList {
  count: number;
  /** SHA-256 of all names and signatures in order. */
  sha256: string;
}

/** Collects images in any order. */
export interface ListSorter {
  add(image: ListedImage): Promise<void>;
  /** Writes the sorted list to the path; of images with the same name the first added stays. */
  finish(): Promise<SortedList>;
}

/** Names held in memory at once. */
const CHUNK_IMAGES = 1 << 15;

type Keyed = { key: string; row: string[] };

/** Starts a list that will be written to `path`; sorted chunks lie beside it meanwhile. */
export function sortList(path: string, { chunkImages = CHUNK_IMAGES } = {}): ListSorter {
  let chunk: Keyed[] = [];
  let chunks = 0;
  const spill = async () => {
    chunk.sort(compareKeyed); // stable: the first added of equal names stays first
    using rows = await createRows(`${path}.${chunks++}`);
    for (const { row } of chunk) await rows.write(row);
    await rows.finish();
    chunk = [];
  };
  return {
    add: async ({ name, signature }) => {
      chunk.push(keyed([name, signature]));
      if (chunk.length >= chunkImages) await spill();
    },
    finish: async () => {
      await spill();
      const paths = Array.from({ length: chunks }, (_, i) => `${path}.${i}`);
      const list = await writeMerged(path, paths);
      for (const part of paths) await removeFile(part);
      return list;
    },
  };
}

/** Reads a sorted list. */
export async function* readList(path: string): AsyncGenerator<ListedImage> {
  for await (const [name, signature] of readRows(path)) {
    yield { name: name!, signature: signature! };
  }
}

/** Compares names in the order of lists: below 0 when `a` comes first. */
export function compareNames(a: string, b: string): number {
  return compareKeyed(keyed([a]), keyed([b]));
}

/** A text that sorts as the name does when its digits are read as numbers. */
function sortKey(name: string): string {
  return name.replace(/\d+/g, (digits) => digits.padStart(16, "0"));
}

function keyed(row: string[]): Keyed {
  return { key: sortKey(row[0]!), row };
}

function compareKeyed(a: Keyed, b: Keyed): number {
  return compareText(a.key, b.key) || compareText(a.row[0]!, b.row[0]!);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function writeMerged(path: string, parts: string[]): Promise<SortedList> {
  const hash = createHash("sha256");
  let count = 0;
  let last: string | undefined;
  using rows = await createRows(path);
  for await (const row of merge(parts.map((part) => readRows(part)))) {
    if (row[0] === last) continue;
    last = row[0];
    count++;
    hash.update(formatRow(row));
    await rows.write(row);
  }
  await rows.finish();
  return { count, sha256: hash.digest("hex") };
}

/** Merges sorted streams; among equal names, those of earlier streams come first. */
async function* merge(streams: AsyncGenerator<string[]>[]): AsyncGenerator<string[]> {
  const heads = await Promise.all(streams.map(nextKeyed));
  for (;;) {
    let best = -1;
    for (let i = 0; i < heads.length; i++) {
      const head = heads[i];
      if (head && (best < 0 || compareKeyed(head, heads[best]!) < 0)) best = i;
    }
    if (best < 0) return;
    yield heads[best]!.row;
    heads[best] = await nextKeyed(streams[best]!);
  }
}

async function nextKeyed(stream: AsyncGenerator<string[]>): Promise<Keyed | undefined> {
  const { value, done } = await stream.next();
  return done ? undefined : keyed(value);
}
