import type { SmallPlanes } from "../colorize/edge_aware_upsample.ts";
import { CLOSER, closerSize } from "../colorize/looks.ts";
import type { Model } from "../colorize/model.ts";
import { ProblemError } from "./problem.ts";
import { predictPlanes } from "../colorize/predict.ts";
import type { SmallCopy } from "../colorize/small_copy.ts";
import type { SizePx } from "../image/resize.ts";

/** One picture of a batch. */
export interface BatchItem {
  copy: SmallCopy;
  /** Of this picture; undefined for a model that takes none. */
  vividness: number | undefined;
}

/**
 * Predicts the colors of pictures in one run.
 * @param items Of one size; all with hints or none, and all with closer looks or none.
 * @returns In their order.
 */
export async function predictCopies(
  model: Model,
  items: readonly BatchItem[],
): Promise<SmallPlanes[]> {
  const [{ copy: { small, hints, closer } }] = items as [BatchItem];
  const lightness = joined(items.map(({ copy }) => copy.lightness));
  return await predictPlanes(model, lightness, { count: items.length, ...small }, {
    ...(hints && { hints: joined(items.map(({ copy }) => copy.hints!)) }),
    ...(closer && { closer: closer.map((_, i) => joined(items.map((it) => it.copy.closer![i]!))) }),
    ...(model.network.palette && { vividness: items.map(({ vividness }) => vividness!) }),
  });
}

/**
 * The event loop stands still while a batch runs: on one core a third of a second for `palette`,
 * longer for larger networks.
 */
const MOST_PIXELS = 2 ** 16;

/** How many pictures of the size of one may run together. */
export function mostTogether({ copy: { lightness, closer } }: BatchItem): number {
  const own = 2 * lightness.length; // the copy is also seen in a mirror
  const seen = own + (closer ?? []).reduce((sum, { length }) => sum + length, 0);
  return Math.floor(MOST_PIXELS / seen);
}

/** Pixels times weights: some ten seconds on one core, and tensors that a WASM heap holds. */
const MOST_WORK = 4e12;

/** How many pixels a network may see. */
export function mostPixels({ network }: Model): number {
  return Math.floor(MOST_WORK / Math.max(1, network.parameterCount));
}

/**
 * Refuses copies that a network is too large for.
 * @throws {ProblemError} 422 naming the pixels of the copy and how many may be.
 */
export function checkWork(model: Model, { widthPx, heightPx }: SmallCopy["small"]): void {
  const [pixels, most] = [widthPx * heightPx, mostPixels(model)];
  if (pixels <= most) return;
  const got = `${widthPx} x ${heightPx} = ${pixels}`;
  throw new ProblemError(
    422,
    `Cannot colorize by ${model.name} at this size: it must see at most ${most} pixels, got ${got}`,
  );
}

/** Runs a model once at a size, as it is with hints too. */
export async function warm(
  model: Model,
  { sizePx, closer }: { sizePx: number; closer: boolean },
): Promise<void> {
  const size = { widthPx: sizePx, heightPx: sizePx };
  const gray = ({ widthPx, heightPx }: SizePx) => new Float32Array(widthPx * heightPx).fill(50);
  const near = CLOSER.map((scale) => gray(closerSize(size, scale)));
  await predictPlanes(model, gray(size), { count: 1, ...size }, closer ? { closer: near } : {});
}

function joined(planes: readonly Float32Array[]): Float32Array {
  if (planes.length === 1) return planes[0]!;
  const all = new Float32Array(planes.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const plane of planes) {
    all.set(plane, at);
    at += plane.length;
  }
  return all;
}
