import type { SmallPlanes } from "../colorize/edge_aware_upsample.ts";
import type { Model } from "../colorize/model.ts";
import { predictPlanes } from "../colorize/predict.ts";
import type { SmallCopy } from "../colorize/small_copy.ts";

/** One picture of a batch. */
export interface BatchItem {
  copy: SmallCopy;
  /** Of this picture; undefined for a model that takes none. */
  vividness: number | undefined;
}

/**
 * Predicts the colors of pictures in one run.
 * @param items Of one size; all with hints or none.
 * @returns In their order.
 */
export async function predictCopies(
  model: Model,
  items: readonly BatchItem[],
): Promise<SmallPlanes[]> {
  const [{ copy: { small, hints } }] = items as [BatchItem];
  const lightness = joined(items.map(({ copy }) => copy.lightness));
  return await predictPlanes(model, lightness, { count: items.length, ...small }, {
    ...(hints && { hints: joined(items.map(({ copy }) => copy.hints!)) }),
    ...(model.network.palette && { vividness: items.map(({ vividness }) => vividness!) }),
  });
}

/** The event loop stands still while a batch runs: a quarter of a second on one core, no longer. */
const MOST_PIXELS = 2 ** 16;

/** How many pictures of a size may run together. @param key Names width and height, second and third. */
export function mostTogether(key: string): number {
  const [, width, height] = key.split(" ");
  return Math.max(1, Math.floor(MOST_PIXELS / (Number(width) * Number(height))));
}

/** Runs a model once at a size, as it is with hints too. */
export async function warm(model: Model, sizePx: number): Promise<void> {
  const shape = { count: 1, widthPx: sizePx, heightPx: sizePx };
  await predictPlanes(model, new Float32Array(sizePx * sizePx).fill(50), shape);
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
