/** Turns a completed plan into the files of a data set, so that a crash at any point can be redone. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  type DatasetIndex,
  namesPath,
  pixelsPath,
  type Split,
  type SplitEntry,
  SPLITS,
  unreadablePath,
  writeDatasetIndex,
} from "./dataset_index.ts";
import { explainFullDisk, moveFile, removeFile, replaceFile, writeFully } from "./files.ts";
import { createRows } from "./lines.ts";
import { checksumText, RecordState, type StoredRecord } from "./record_store.ts";
import { readList } from "./sorted_list.ts";
import type { SplitPlan, Workplace } from "./split_plan.ts";

/** Why images could not be read, by index. */
export type UnreadableReasons = Map<number, string>;

/** What has to be moved into place; its file in the work folder means that all of it is complete. */
interface Ready {
  entry: SplitEntry;
  /** Name of the file of pixels in the work folder. */
  pixels: string;
}

/**
 * Writes the names and checksums of a completed split, and marks it as ready to be installed.
 * @param reasons Of every image that is marked as unreadable.
 * @throws {Error} When an image is still missing.
 */
export async function stageSplit(
  { workDir }: Workplace,
  plan: SplitPlan,
  { reasons, expected }: { reasons: UnreadableReasons; expected: number | undefined },
): Promise<void> {
  const base = join(workDir, plan.split);
  await plan.store.sync();
  const packed = reasons.size > 0 ? `${plan.split}.packed.rgb` : undefined;
  const sha256 = await writeSplit(base, plan, { reasons, packed: packed && join(workDir, packed) });
  const entry: SplitEntry = {
    count: plan.count - reasons.size,
    ...(expected !== undefined && { expected }),
    unreadable: reasons.size,
    sha256,
    listSha256: plan.listSha256,
  };
  plan.store.close();
  const ready: Ready = { entry, pixels: packed ?? `${plan.split}.rgb` };
  await replaceFile(`${base}.ready.json`, JSON.stringify(ready));
}

/** Installs every split that is ready, also those that a crash left so; returns the new index. */
export async function installReady(place: Workplace, index: DatasetIndex): Promise<DatasetIndex> {
  let installed = index;
  for (const split of SPLITS) {
    const text = await Deno.readTextFile(join(place.workDir, `${split}.ready.json`))
      .catch((error) => {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      });
    if (text) installed = await installSplit(place, installed, { split, ready: JSON.parse(text) });
  }
  return installed;
}

async function installSplit(
  { dir, workDir }: Workplace,
  index: DatasetIndex,
  { split, ready }: { split: Split; ready: Ready },
): Promise<DatasetIndex> {
  const base = join(workDir, split);
  await moveFile(join(workDir, ready.pixels), pixelsPath(dir, split));
  await moveFile(`${base}.tsv`, namesPath(dir, split));
  if (ready.entry.unreadable === 0) await removeFile(unreadablePath(dir, split));
  else await moveFile(`${base}.unreadable.tsv`, unreadablePath(dir, split));
  const installed = { ...index, splits: { ...index.splits, [split]: ready.entry } };
  await writeDatasetIndex(dir, installed);
  for (const rest of [".state", ".list", ".unreadable.tsv", ".rgb", ".ready.json"]) {
    await removeFile(base + rest);
  }
  return installed;
}

/** Writes names and, where images are left out, the pixels without gaps; returns their SHA-256. */
async function writeSplit(
  base: string,
  plan: SplitPlan,
  { reasons, packed }: { reasons: UnreadableReasons; packed: string | undefined },
): Promise<string> {
  using names = await createRows(`${base}.tsv`);
  using unreadable = await createRows(`${base}.unreadable.tsv`);
  using pixels = packed
    ? await Deno.open(packed, { write: true, create: true, truncate: true })
    : undefined;
  const hash = createHash("sha256");
  const records = plan.store.records();
  for await (const { name, signature } of readList(plan.listPath)) {
    const record = records.next().value as StoredRecord;
    const reason = reasons.get(record.index);
    if (reason !== undefined) {
      await unreadable.write([name, signature, reason]);
      continue;
    }
    if (record.state !== RecordState.stored) {
      throw new Error(`Cannot finish the ${plan.split} split: ${name} is not there any more`);
    }
    await names.write([name, signature, checksumText(record.crc32)]);
    hash.update(record.rgb);
    if (pixels) await explainFullDisk(packed!, () => writeFully(pixels, record.rgb));
  }
  await names.finish();
  await unreadable.finish();
  await pixels?.sync();
  return hash.digest("hex");
}
