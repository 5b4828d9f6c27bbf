/** A split whose images come as often as the weights of their classes tell. */
import { type ClassWeights, weightedImages } from "./class_weights.ts";
import { namesPath, type Split } from "./dataset_index.ts";
import { readRows } from "./lines.ts";
import { type ImageSplit, openSplit } from "./split.ts";

/**
 * Opens a split as `openSplit` does.
 * @param weights Of classes; null leaves the split as it is.
 * @returns Its count is that of the images of an epoch, and its indices go over these.
 * @throws {RangeError} When the weights do not fit the images.
 */
export async function openWeightedSplit(
  dir: string,
  name: Split,
  weights: ClassWeights | null,
): Promise<ImageSplit> {
  const split = await openSplit(dir, name);
  if (!weights) return split;
  try {
    return weighted(split, weightedImages(await readNames(split), weights));
  } catch (error) {
    split.close();
    throw error;
  }
}

function weighted(split: ImageSplit, images: Uint32Array): ImageSplit {
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

async function readNames({ dir, split }: ImageSplit): Promise<string[]> {
  const names: string[] = [];
  for await (const [name] of readRows(namesPath(dir, split))) names.push(name ?? "");
  return names;
}
