import { assertEquals, assertRejects } from "@std/assert";
import { readDatasetIndex } from "../../src/data/dataset_index.ts";
import { joinDatasets } from "../../src/data/join_datasets.ts";
import { preparePhotographs } from "../../src/data/prepare_photographs.ts";
import { prepareTinyImagenet } from "../../src/data/prepare_tiny_imagenet.ts";
import { openSource } from "../../src/data/source.ts";
import { openSplit } from "../../src/data/split.ts";
import {
  fingerprint,
  madeJpeg,
  madeTinyImagenet,
  quietOptions,
  withFolder,
  writeFiles,
} from "./made_images.ts";

const tiny = await madeTinyImagenet();
const photos = Object.fromEntries(
  await Promise.all(
    Array.from({ length: 30 }, async (_, i) => [`${i}.jpg`, await madeJpeg(i)] as const),
  ),
);

/** Prepares a small Tiny ImageNet in `tiny` and photographs in `photographs`, side by side. */
async function preparedIn(folder: string, sizePx = 64): Promise<[string, string]> {
  await writeFiles(`${folder}/source`, { ...tiny.train, ...tiny.eval });
  await writeFiles(`${folder}/photos`, photos);
  const dirs: [string, string] = [`${folder}/tiny`, `${folder}/photographs`];
  await prepareTinyImagenet([await openSource(`${folder}/source`)], quietOptions(dirs[0]));
  await preparePhotographs(`${folder}/photos`, { ...quietOptions(dirs[1]), sizePx });
  return dirs;
}

/** All images of a split by name. */
async function imagesOf(dir: string, split: "train" | "val"): Promise<Map<string, Uint8Array>> {
  const images = new Map<string, Uint8Array>();
  const opened = await openSplit(dir, split);
  for (let i = 0; i < opened.count; i++) {
    images.set(await opened.name(i), await opened.readImages([i]));
  }
  opened.close();
  return images;
}

Deno.test("joinDatasets() has all training images, and the first set's for validation", () =>
  withFolder(async (folder) => {
    const dirs = await preparedIn(folder);
    const dir = `${folder}/both`;
    const { index } = await joinDatasets(dirs, quietOptions(dir));
    const [own, other] = await Promise.all(dirs.map((part) => imagesOf(part, "train")));
    const expected = new Map(own);
    for (const [name, rgb] of other!) expected.set(`photographs/${name}`, rgb);
    assertEquals(await imagesOf(dir, "train"), expected);
    assertEquals(await imagesOf(dir, "val"), await imagesOf(dirs[0], "val"));
    assertEquals([index.dataset, index.parts], ["joined", [
      { name: "tiny", dataset: "tiny-imagenet-200", trainingImages: 12 },
      { name: "photographs", dataset: "photographs", trainingImages: other!.size },
    ]]);
    assertEquals((await joinDatasets(dirs, quietOptions(dir))).changed, []);
  }));

Deno.test("joinDatasets() follows the sets that it was joined from", () =>
  withFolder(async (folder) => {
    const dirs = await preparedIn(folder);
    await joinDatasets(dirs, quietOptions(`${folder}/both`));
    await writeFiles(`${folder}/photos`, { "new 1.jpg": await madeJpeg(77) });
    await preparePhotographs(`${folder}/photos`, { ...quietOptions(dirs[1]), sizePx: 64 });
    const { changed } = await joinDatasets(dirs, quietOptions(`${folder}/both`));
    assertEquals(changed, ["train"]);
    await joinDatasets(dirs, quietOptions(`${folder}/fresh`));
    assertEquals(await fingerprint(`${folder}/both`), await fingerprint(`${folder}/fresh`));
    const index = await readDatasetIndex(`${folder}/both`);
    assertEquals(
      index!.parts![1]!.trainingImages,
      (await imagesOf(dirs[1], "train")).size,
    );
  }));

Deno.test("joinDatasets() refuses other sizes, folders without a set and two of one name", () =>
  withFolder(async (folder) => {
    const [own, other] = await preparedIn(folder, 32);
    const options = quietOptions(`${folder}/both`);
    await assertRejects(
      () => joinDatasets([own, other], options),
      RangeError,
      `images must have 64 pixels a side as those of ${own}, got 32`,
    );
    await assertRejects(
      () => joinDatasets([own, `${folder}/photos`], options),
      Error,
      "photos: it must hold a prepared data set, got none",
    );
    await Deno.mkdir(`${folder}/more`);
    await preparePhotographs(`${folder}/photos`, { ...quietOptions(other), sizePx: 32 });
    const twin = { ...quietOptions(`${folder}/more/photographs`), sizePx: 32 };
    await preparePhotographs(`${folder}/photos`, twin);
    await assertRejects(
      () => joinDatasets([other, other, `${folder}/more/photographs`], options),
      RangeError,
      "its name must be of one set only, as it becomes a class, got two",
    );
  }));

Deno.test("joinDatasets() refuses a folder whose name is a class of the first set", () =>
  withFolder(async (folder) => {
    const [tinySet, other] = await preparedIn(folder);
    const both = `${folder}/both`;
    await joinDatasets([tinySet, other], quietOptions(both));
    await assertRejects(
      () => joinDatasets([both, other], quietOptions(`${folder}/again`)),
      RangeError,
      `its name must be no class of ${both}, got photographs/`,
    );
  }));
