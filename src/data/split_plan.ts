/** What has to be done for a split: its images in their final order, and which are there already. */
import { crc32 } from "node:zlib";
import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  imageBytes,
  namesPath,
  pixelsPath,
  type Split,
  type SplitEntry,
  unreadablePath,
} from "./dataset_index.ts";
import { fileBytes, readAt, removeFile } from "./files.ts";
import { formatRow, readRows } from "./lines.ts";
import { checksumText, openRecordStore, RecordState, type RecordStore } from "./record_store.ts";
import { compareNames, type ListSorter, readList, sortList } from "./sorted_list.ts";

/** A split that is being prepared. */
export interface SplitPlan {
  split: Split;
  /** Images in the list. */
  count: number;
  listSha256: string;
  /** Path of the list; the index of an image is its line. */
  listPath: string;
  store: RecordStore;
  /** Images that need no work any more. */
  stored: number;
  /** Images that the finished split lists as unreadable, by index; the sources may have them now. */
  knownUnreadable: Map<number, string>;
}

/** Where a data set is, and where it is while it is prepared. */
export interface Workplace {
  dir: string;
  /** A folder inside `dir`. */
  workDir: string;
  sizePx: number;
}

/** Starts the list of a split, to be filled from the sources. */
export function startList({ workDir }: Workplace, split: Split): ListSorter {
  return sortList(join(workDir, `${split}.list.new`));
}

/** Removes what a killed run left of unfinished lists. */
export async function removeDraftLists({ workDir }: Workplace): Promise<void> {
  for await (const { name } of Deno.readDir(workDir)) {
    if (name.includes(".list.new")) await removeFile(join(workDir, name));
  }
}

/** Adds the images of a finished split to a list, so that they stay in the set. */
export async function addFinished(list: ListSorter, { dir }: Workplace, split: Split) {
  for (const path of [namesPath(dir, split), unreadablePath(dir, split)]) {
    for await (const image of readList(path)) await list.add(image);
  }
}

/**
 * Plans a split from its finished list.
 * @param entry The split as it was prepared before, if it was.
 * @returns Undefined when the split is empty, or prepared from the same list already.
 */
export async function planSplit(
  place: Workplace,
  { split, list, entry }: { split: Split; list: ListSorter; entry: SplitEntry | undefined },
): Promise<SplitPlan | undefined> {
  const base = join(place.workDir, split);
  const { count, sha256: listSha256 } = await list.finish();
  if (count === 0 || listSha256 === entry?.listSha256) {
    await removeFile(`${base}.list.new`);
    return undefined;
  }
  const listPath = `${base}.list`;
  const bytes = await fileBytes(listPath);
  if (bytes === undefined || await fileSha256(listPath) !== listSha256) {
    // The images of another list are in other places: nothing of them can be used.
    await removeFile(`${base}.state`);
    await removeFile(`${base}.rgb`);
  }
  await Deno.rename(`${base}.list.new`, listPath);
  const store = await openRecordStore(base, { count, sizePx: place.sizePx });
  const stored = store.recover();
  const knownUnreadable = new Map<number, string>();
  const plan: SplitPlan = { split, count, listSha256, listPath, store, stored, knownUnreadable };
  if (entry) plan.stored += await copyFinished(place, plan);
  return plan;
}

/** Copies what the finished split holds already: both lists are in the same order. */
async function copyFinished({ dir, sizePx }: Workplace, plan: SplitPlan): Promise<number> {
  const { store, knownUnreadable } = plan;
  const reasons = await readReasons(dir, plan.split);
  const finished = readRows(namesPath(dir, plan.split));
  using pixels = await Deno.open(pixelsPath(dir, plan.split));
  const rgb = new Uint8Array(imageBytes(sizePx));
  let old = await finished.next();
  let copied = 0, index = 0, oldIndex = 0;
  for await (const { name, signature } of readList(plan.listPath)) {
    for (; !old.done && compareNames(old.value[0]!, name) < 0; oldIndex++) {
      old = await finished.next();
    }
    const same = !old.done && old.value[0] === name && old.value[1] === signature;
    if (same && store.state(index) !== RecordState.stored) {
      const intact = readAt(pixels, oldIndex * rgb.length, rgb) &&
        checksumText(crc32(rgb)) === old.value[2];
      if (intact) {
        store.write(index, rgb);
        copied++;
      }
    }
    const reason = reasons.get(formatRow([name, signature]));
    if (reason !== undefined) knownUnreadable.set(index, reason);
    index++;
  }
  await finished.return(undefined);
  return copied;
}

/** Why images of the finished split could not be read, by name and signature: 1% at most. */
async function readReasons(dir: string, split: Split): Promise<Map<string, string>> {
  const reasons = new Map<string, string>();
  for await (const [name, signature, reason] of readRows(unreadablePath(dir, split))) {
    reasons.set(formatRow([name!, signature!]), reason!);
  }
  return reasons;
}

async function fileSha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}
