/** Finds the images of a split that have few colors to learn from. */
import { colorfulness } from "../color/colorfulness.ts";
import { imageBytes } from "./dataset_index.ts";
import type { ImageSplit } from "./split.ts";

/** Images read at once. */
const READ_IMAGES = 256;

/**
 * Lists the images of a split that are less colorful than asked for: black and white, toned, faded,
 * or taken in dull weather.
 * @param minColorfulness As `colorfulness` measures it, above 0.
 * @returns Indices into the split, ascending.
 */
export async function findDullImages(
  split: ImageSplit,
  minColorfulness: number,
): Promise<Uint32Array> {
  const bytes = imageBytes(split.sizePx);
  const dull: number[] = [];
  for (let start = 0; start < split.count; start += READ_IMAGES) {
    const count = Math.min(READ_IMAGES, split.count - start);
    const rgb = await split.readImages(Array.from({ length: count }, (_, i) => start + i));
    for (let i = 0; i < count; i++) {
      const image = rgb.subarray(i * bytes, (i + 1) * bytes);
      if (colorfulness(image, 255) < minColorfulness) dull.push(start + i);
    }
  }
  return Uint32Array.from(dull);
}
