/** Prepares Tiny ImageNet from archives and folders. */
import { DEFAULT_LIMITS } from "../image/limits.ts";
import { decodeExact } from "./image_pixels.ts";
import { imageKey, missingImages } from "./missing_images.ts";
import { type Prepared, prepareDataset } from "./prepare.ts";
import type { DatasetRecipe, ImageJob, PrepareOptions, SplitImage } from "./recipe.ts";
import type { Source, SourceFile } from "./source.ts";
import type { SplitPlan } from "./split_plan.ts";
import { TINY_IMAGENET_COUNTS, TINY_IMAGENET_SIZE_PX, tinyImagenetImage } from "./tiny_imagenet.ts";

/**
 * Prepares what the sources hold of Tiny ImageNet; images that `dir` holds already stay.
 * @throws {Error} As `prepareDataset()`.
 */
export function prepareTinyImagenet(
  sources: Source[],
  options: PrepareOptions,
): Promise<Prepared> {
  const recipe: DatasetRecipe = {
    kind: "tiny-imagenet-200",
    sizePx: TINY_IMAGENET_SIZE_PX,
    expected: TINY_IMAGENET_COUNTS,
    adds: true,
    concurrency: 4,
    list: () => listImages(sources, options),
    read: (plans) => readImages(sources, plans),
    decode: (bytes) => decodeExact(bytes, TINY_IMAGENET_SIZE_PX),
  };
  return prepareDataset(recipe, options);
}

async function* listImages(
  sources: Source[],
  { log }: PrepareOptions,
): AsyncGenerator<SplitImage> {
  for (const source of sources) {
    let images = 0, others = 0;
    for await (const file of source.files()) {
      const image = tinyImagenetImage(file.path);
      if (image) yield { ...image, signature: String(file.bytes) };
      if (image) images++;
      else others++;
    }
    if (images === 0) {
      throw new RangeError(
        `Cannot use ${source.path}: must hold train/WNID/images/*.JPEG, val/images/*.JPEG or ` +
          `test/images/*.JPEG, got ${others} other files`,
      );
    }
    log(`${source.path}: ${images} images`);
  }
}

async function* readImages(sources: Source[], plans: SplitPlan[]): AsyncGenerator<ImageJob> {
  const wanted = await missingImages(plans);
  for (const source of sources) {
    for await (const file of source.files()) {
      const image = tinyImagenetImage(file.path);
      if (!image) continue;
      const key = imageKey({ ...image, signature: String(file.bytes) });
      const place = wanted.get(key);
      if (!place) continue;
      wanted.delete(key);
      yield { ...place, name: image.name, bytes: await readFile(file) };
    }
  }
}

async function readFile(file: SourceFile): Promise<Uint8Array | Error> {
  const { maxBytes } = DEFAULT_LIMITS;
  if (file.bytes > maxBytes) {
    return new RangeError(`must have at most ${maxBytes} bytes, got ${file.bytes}`);
  }
  try {
    return await file.read();
  } catch (error) {
    return error as Error;
  }
}
