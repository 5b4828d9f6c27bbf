/** Decodes what the plans miss, several images at once; what cannot be read is left out. */
import { forEachConcurrently } from "./concurrent.ts";
import type { UnreadableReasons } from "./publish_split.ts";
import type { DatasetRecipe, ImageJob, PrepareOptions } from "./recipe.ts";
import { RecordState } from "./record_store.ts";
import type { SplitPlan } from "./split_plan.ts";

/** Largest part of the images that may be unreadable. */
const MAX_UNREADABLE = 0.01;

/** Unreadable images that are shown as they come; the files list them all. */
const MAX_SHOWN = 20;

/**
 * Decodes and stores all images that the plans miss.
 * @returns Per plan, why images could not be read.
 * @throws {Error} When more than 1% cannot be read, the disk is full or `signal` is aborted.
 */
export async function decodeImages(
  recipe: DatasetRecipe,
  plans: SplitPlan[],
  { startProgress, signal }: PrepareOptions,
): Promise<Map<SplitPlan, UnreadableReasons>> {
  const unreadable = new Map(plans.map((plan) => [plan, new Map() as UnreadableReasons]));
  const total = plans.reduce((sum, { count }) => sum + count, 0);
  const start = plans.reduce((sum, { stored }) => sum + stored, 0);
  if (start === total) return unreadable;
  const progress = startProgress("Preparing", { total, unit: "images", start });
  let done = start, skipped = 0;
  const skip = ({ plan, index, name }: ImageJob, reason: string) => {
    unreadable.get(plan)!.set(index, reason);
    plan.store.markUnreadable(index);
    if (++skipped <= MAX_SHOWN) progress.log(`Skipped ${plan.split} ${name}: ${reason}`);
    if (skipped === MAX_SHOWN) progress.log("More are only counted");
    if (skipped > MAX_UNREADABLE * total) throw tooMany(skipped, { total, name, reason });
  };
  const work = async (job: ImageJob) => {
    signal?.throwIfAborted();
    const rgb = await decodeJob(recipe, job);
    if (rgb instanceof Error) skip(job, rgb.message);
    else job.plan.store.write(job.index, rgb);
    progress.update(++done, skipped > 0 ? `${skipped} skipped` : "");
  };
  try {
    await forEachConcurrently(recipe.read(plans), recipe.concurrency, work);
  } finally {
    progress.stop();
  }
  for (const [plan, reasons] of unreadable) addKnown(plan, reasons);
  return unreadable;
}

/** Adds what the finished split lists as unreadable and the sources did not have either. */
function addKnown({ store, knownUnreadable }: SplitPlan, reasons: UnreadableReasons): void {
  for (const [index, reason] of knownUnreadable) {
    if (store.state(index) === RecordState.missing) reasons.set(index, reason);
  }
}

/** The pixels, or why there are none. */
async function decodeJob(
  recipe: DatasetRecipe,
  { bytes, name }: ImageJob,
): Promise<Uint8Array | Error> {
  if (bytes instanceof Error) return bytes;
  try {
    return await recipe.decode(bytes, name);
  } catch (error) {
    return error as Error;
  }
}

function tooMany(
  skipped: number,
  { total, name, reason }: { total: number; name: string; reason: string },
): Error {
  return new Error(
    `Cannot prepare the data set: at most 1% of ${total} images may be unreadable, ` +
      `got ${skipped} so far, the last ${name} (${reason})`,
  );
}
