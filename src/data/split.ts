/** Reads a prepared split: any images, in any order, without loading the rest. */
import {
  type DatasetIndex,
  imageBytes,
  namesPath,
  pixelsPath,
  readDatasetIndex,
  type Split,
} from "./dataset_index.ts";
import { fileBytes, readAt } from "./files.ts";
import { indexNames, type NameLookup } from "./names.ts";

/** One split of a prepared data set, open for reading. */
export interface ImageSplit {
  readonly dir: string;
  readonly split: Split;
  /** Images in the split. */
  readonly count: number;
  /** Side of the square images. */
  readonly sizePx: number;
  /**
   * Reads images by index; one read for each run of neighbours.
   * @returns 8-bit RGB, shape [N * H * W * 3].
   * @throws {RangeError} When an index is outside 0..count - 1.
   */
  readImages(indices: ArrayLike<number>): Promise<Uint8Array>;
  /** Name of an image: its file name in Tiny ImageNet, its path in a folder of photographs. */
  name(index: number): Promise<string>;
  close(): void;
}

/**
 * Opens a split of the data set that `deno task data` prepared in `dir`.
 * @throws {Error} When the split is not there, naming the command that prepares it, or when its
 * file has another size than the index tells.
 */
export async function openSplit(dir: string, split: Split): Promise<ImageSplit> {
  const index = await readDatasetIndex(dir);
  const entry = index?.splits[split];
  if (!index || !entry) {
    throw new Error(
      `Cannot open the ${split} split: ${dir} holds none, prepare it with: ${
        prepareCommand(dir, index)
      }`,
    );
  }
  const path = pixelsPath(dir, split);
  const bytes = imageBytes(index.sizePx);
  const size = await fileBytes(path);
  if (size !== entry.count * bytes) {
    throw new Error(
      `Cannot open ${path}: must hold ${entry.count * bytes} bytes, got ${
        size ?? "no file"
      }; prepare it again with: ${prepareCommand(dir, index)}`,
    );
  }
  return openPixels(dir, split, { count: entry.count, sizePx: index.sizePx });
}

async function openPixels(
  dir: string,
  split: Split,
  { count, sizePx }: { count: number; sizePx: number },
): Promise<ImageSplit> {
  const path = pixelsPath(dir, split);
  const file = await Deno.open(path);
  const bytes = imageBytes(sizePx);
  let names: NameLookup | undefined;
  const check = (index: number) => {
    if (Number.isInteger(index) && index >= 0 && index < count) return;
    throw new RangeError(`Cannot read ${path}: index must be 0 to ${count - 1}, got ${index}`);
  };
  // deno-lint-ignore require-await -- seek and read must not be torn apart by another caller
  const readImages = async (indices: ArrayLike<number>) => {
    const rgb = new Uint8Array(indices.length * bytes);
    for (let start = 0; start < indices.length;) {
      const first = indices[start]!;
      let end = start;
      for (; end < indices.length && indices[end] === first + end - start; end++) {
        check(indices[end]!);
      }
      if (end === start) check(first);
      if (!readAt(file, first * bytes, rgb.subarray(start * bytes, end * bytes))) {
        throw new Error(`Cannot read ${path}: image ${indices[end - 1]} is past its end`);
      }
      start = end;
    }
    return rgb;
  };
  // deno-lint-ignore require-await -- a rejected promise, not a throw, for a wrong index
  const name = async (index: number) => {
    check(index);
    names ??= indexNames(namesPath(dir, split));
    return names(index);
  };
  return { dir, split, count, sizePx, readImages, name, close: () => file.close() };
}

function prepareCommand(dir: string, index: DatasetIndex | undefined): string {
  const sources = {
    "tiny-imagenet-200": " [--from ARCHIVE...]",
    photographs: ` --from FOLDER --size ${index?.sizePx} [--crops N]`,
    joined: " --from SET...",
  };
  return `deno task data --dir ${dir}${sources[index?.dataset ?? "tiny-imagenet-200"]}`;
}
