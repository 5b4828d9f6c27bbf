/** A split of which only some images are shown, or some more often than others. */
import type { Split } from "./dataset_index.ts";
import { type ImageSplit, openSplit } from "./split.ts";

/**
 * Opens a split as `openSplit` does.
 * @param images Those of an epoch, in its order, as `listEpochImages` gives them; null for all.
 * @returns Its count is that of `images`, and its indices go over these.
 */
export async function openChosenSplit(
  dir: string,
  name: Split,
  images: Uint32Array | null,
): Promise<ImageSplit> {
  const split = await openSplit(dir, name);
  if (!images) return split;
  const imageAt = (index: number) => {
    const image = images[index];
    if (image === undefined) {
      throw new RangeError(
        `Cannot read ${split.dir}: index must be 0 to ${images.length - 1}, got ${index}`,
      );
    }
    return image;
  };
  return {
    ...split,
    count: images.length,
    // deno-lint-ignore require-await -- a rejected promise, not a throw, for a wrong index
    readImages: async (indices) => split.readImages(Array.from(indices, imageAt)),
    // deno-lint-ignore require-await
    name: async (index) => split.name(imageAt(index)),
  };
}
