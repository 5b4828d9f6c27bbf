import {
  imageBytes,
  namesPath,
  pixelsPath,
  writeDatasetIndex,
} from "../../src/data/dataset_index.ts";

/**
 * Writes a prepared data set whose training images are smooth gradients of color, and whose other
 * splits are missing: speed does not depend on what there is to see.
 */
export async function writeMadeDataset(
  dir: string,
  { images, sizePx }: { images: number; sizePx: number },
): Promise<void> {
  const bytes = imageBytes(sizePx);
  const pixels = new Uint8Array(images * bytes);
  for (let i = 0; i < pixels.length; i++) {
    const image = Math.floor(i / bytes);
    const [pixel, channel] = [Math.floor(i / 3), i % 3];
    pixels[i] = (pixel % sizePx) * (channel + 1) + image * 7 + channel * 60;
  }
  await Deno.writeFile(pixelsPath(dir, "train"), pixels);
  const names = Array.from({ length: images }, (_, i) => `${i}.png\t0\t00000000\n`);
  await Deno.writeTextFile(namesPath(dir, "train"), names.join(""));
  await writeDatasetIndex(dir, {
    format: 1,
    dataset: "photographs",
    sizePx,
    splits: { train: { count: images, unreadable: 0, sha256: "", listSha256: "" } },
  });
}
