/** What tells one kind of data set from another, and how a preparation is run. */
import type { DatasetKind, DatasetPart, Split } from "./dataset_index.ts";
import type { ListedImage } from "./sorted_list.ts";
import type { SplitPlan } from "./split_plan.ts";

/** An image in one of the splits. */
export interface SplitImage extends ListedImage {
  split: Split;
}

/** An image to be decoded. */
export interface ImageJob {
  plan: SplitPlan;
  /** Place in the plan's list. */
  index: number;
  name: string;
  /** The file's bytes, or why they could not be read. */
  bytes: Uint8Array | Error;
}

/** A kind of data set: where its images are, and how one becomes pixels. */
export interface DatasetRecipe {
  kind: DatasetKind;
  /** What it is joined from. */
  parts?: readonly DatasetPart[];
  sizePx: number;
  /** Images that each whole split has, where that is known. */
  expected?: Readonly<Record<Split, number>>;
  /** Whether images of earlier runs stay in the set when the present sources lack them. */
  adds: boolean;
  /** Images decoded at once. */
  concurrency: number;
  /** Names all images of the sources, in any order. */
  list(): AsyncIterable<SplitImage>;
  /** Reads the images that the plans still miss, in any order. */
  read(plans: SplitPlan[]): AsyncIterable<ImageJob>;
  /** Decodes an image to 8-bit RGB, shape [sizePx * sizePx * 3]. */
  decode(bytes: Uint8Array, name: string): Promise<Uint8Array>;
}

/** A display of progress; see scripts/command/progress.ts. */
export type StartProgress = (
  label: string,
  options: { total: number; unit: string; start?: number },
) => { update(done: number, text?: string): void; log(line: string): void; stop(): void };

/** How a preparation is run. */
export interface PrepareOptions {
  /** Where the prepared set goes. */
  dir: string;
  startProgress: StartProgress;
  /** Says something to the user. */
  log(line: string): void;
  /** Stops the work; what is done is kept. */
  signal?: AbortSignal;
}
