/** Colors of another picture. */
import type { Image } from "imagescript";
import { labCopyWithin } from "./lab_copy.ts";
import type { Model } from "./model.ts";
import { transferByFeatures } from "./transfer_by_features.ts";
import { type Swatches, transferByWelsh } from "./transfer_by_welsh.ts";

/** By what places of two pictures are compared: features of a network, or lightness and texture. */
export const TRANSFERS = ["features", "welsh"] as const;
export type Transfer = typeof TRANSFERS[number];

/** How to take colors over. */
export type TransferOptions =
  & {
    /** Fixes the samples of Welsh's transfer, which the other one is compared with. */
    seed: number;
    /** Stops before the next stage. */
    signal?: AbortSignal | undefined;
  }
  & ({
    transfer: "features";
    /** A palette. */
    model: Model;
    /** Short side of the copy that the network sees. */
    sizePx?: number | undefined;
  } | {
    transfer: "welsh";
    /** All of the reference counts without any. */
    swatches?: Swatches | undefined;
  });

/** Below it all pixels look gray. */
const LEAST_CHROMA = 5;
/** Pixels of the copy in which colors are looked for. */
const SEARCHED_PIXELS = 2 ** 18;

/**
 * Colors a picture of any size with the colors of a reference: L* is kept at full resolution. On a
 * GPU, check the device for errors afterwards.
 * @param reference Of any size.
 * @returns A new picture of the same size with the same alpha.
 * @throws {RangeError} When the reference is gray, the model is no palette, or a swatch or the size
 * does not fit.
 * @throws {DOMException} `AbortError`, when the signal asked to stop.
 */
export async function transferColors(
  image: Image,
  reference: Image,
  options: TransferOptions,
): Promise<Image> {
  options.signal?.throwIfAborted();
  checkReference(reference);
  return options.transfer === "welsh"
    ? transferByWelsh(image, reference, options)
    : await transferByFeatures(image, reference, options);
}

/**
 * Checks that a picture has colors to take over.
 * @throws {RangeError} When it is gray.
 */
export function checkReference(reference: Image): void {
  const { ab } = labCopyWithin(reference, SEARCHED_PIXELS);
  for (let i = 0; i < ab.length; i += 2) {
    if (Math.hypot(ab[i]!, ab[i + 1]!) >= LEAST_CHROMA) return;
  }
  throw new RangeError(
    "Cannot transfer colors: the reference must have colors, got a gray picture",
  );
}
