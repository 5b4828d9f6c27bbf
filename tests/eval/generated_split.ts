/** A split of generated images for tests. */
import type { ImageSplit } from "../../src/data/split.ts";

/** Image i is the same in every split: waves of color. */
export function generatedSplit(count: number, sizePx = 16): ImageSplit {
  return {
    dir: "generated",
    split: "val",
    count,
    sizePx,
    readImages: (indices) => Promise.resolve(generatedPixels(Array.from(indices), sizePx)),
    name: (index) => Promise.resolve(`image_${index}.png`),
    close: () => {},
  };
}

/** 8-bit RGB of images, shape [N * H * W * 3]. */
export function generatedPixels(indices: number[], sizePx: number): Uint8Array {
  const bytes = sizePx * sizePx * 3;
  return Uint8Array.from({ length: indices.length * bytes }, (_, i) => {
    const at = i % bytes;
    return 128 + 100 * Math.sin(at * (1 + 0.1 * indices[Math.floor(i / bytes)]!));
  });
}
