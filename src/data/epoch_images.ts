/** Which images of a split an epoch shows, and how often. */
import { type ClassWeights, weightedImages } from "./class_weights.ts";
import { namesPath } from "./dataset_index.ts";
import { readRows } from "./lines.ts";
import type { ImageSplit } from "./split.ts";
import { findDullImages } from "./dull_images.ts";

/** What a run asks of its images. */
export interface EpochChoice {
  /** How often the images of each class come; null for each once. */
  classWeights: ClassWeights | null;
  /** Images of less are left out; 0 for none. */
  minColorfulness: number;
}

/**
 * Lists the images of an epoch. To find dull ones all images are read: 3 s for Tiny ImageNet.
 * @returns Indices into the split, ascending, and how many images were left out as dull; null for
 * all images, each once.
 * @throws {RangeError} When the weights do not fit the images, or no image is left.
 */
export async function listEpochImages(
  split: ImageSplit,
  { classWeights, minColorfulness }: EpochChoice,
): Promise<{ images: Uint32Array | null; dull: number }> {
  if (!classWeights && minColorfulness === 0) return { images: null, dull: 0 };
  const dull = minColorfulness > 0
    ? await findDullImages(split, minColorfulness)
    : new Uint32Array();
  if (split.count > 0 && dull.length === split.count) {
    throw new RangeError(
      `Cannot leave out dull images: ${split.dir} must hold some of colorfulness ` +
        `${minColorfulness} or more, got ${dull.length} of less`,
    );
  }
  const names: string[] = [];
  for await (const [name] of readRows(namesPath(split.dir, split.split))) names.push(name ?? "");
  const images = weightedImages(names, classWeights ?? {}, new Set(dull));
  return { images, dull: dull.length };
}
