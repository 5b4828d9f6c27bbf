import { assert, assertEquals, assertRejects } from "@std/assert";
import { preparePhotographs, splitOfName } from "../../src/data/prepare_photographs.ts";
import { openSplit } from "../../src/data/split.ts";
import {
  type Files,
  fingerprint,
  madeJpeg,
  quietOptions,
  readFolder,
  withFolder,
  writeFiles,
} from "./made_images.ts";

const photos: Files = {};
for (let i = 0; i < 60; i++) photos[`album ${i % 3}/photo ${i}.jpg`] = await madeJpeg(i, 40 + i);

/** Names of all images of a set, by split. */
async function namesOf(dir: string): Promise<Record<string, string[]>> {
  const names: Record<string, string[]> = {};
  for (const [file, bytes] of Object.entries(await readFolder(dir))) {
    if (!file.endsWith(".tsv")) continue;
    names[file] = new TextDecoder().decode(bytes).trimEnd().split("\n")
      .map((line) => line.split("\t")[0]!);
  }
  return names;
}

Deno.test("splitOfName() gives 90% train, 5% val, 5% test, the same on every machine", () => {
  const counts = { train: 0, val: 0, test: 0 };
  for (let i = 0; i < 20_000; i++) counts[splitOfName(`album/IMG_${i}.jpg`)]++;
  assert(Math.abs(counts.train - 18_000) < 200, `${counts.train}`);
  assert(Math.abs(counts.val - 1000) < 120, `${counts.val}`);
  assert(Math.abs(counts.test - 1000) < 120, `${counts.test}`);
  assertEquals(["a.jpg", "b.jpg", "9.jpg", "31.jpg"].map(splitOfName), [
    "test",
    "train",
    "train",
    "train",
  ]);
});

Deno.test("preparePhotographs() makes squares of all pictures, each in the split of its name", () =>
  withFolder(async (folder) => {
    await writeFiles(`${folder}/photos`, photos);
    await writeFiles(`${folder}/photos`, {
      "readme.txt": new Uint8Array(3),
      ".hidden/a.jpg": new Uint8Array(3),
      "album 0/._photo 0.jpg": new Uint8Array(3),
    });
    const dir = `${folder}/set`;
    const { index } = await preparePhotographs(`${folder}/photos`, {
      ...quietOptions(dir),
      sizePx: 16,
    });
    assertEquals([index.dataset, index.sizePx], ["photographs", 16]);
    const names = await namesOf(dir);
    assertEquals(Object.values(names).flat().sort(), Object.keys(photos).sort());
    for (const [file, list] of Object.entries(names)) {
      assert(list.every((name) => `${splitOfName(name)}.tsv` === file));
    }
    const train = await openSplit(dir, "train");
    assertEquals([train.sizePx, await train.name(0)], [16, names["train.tsv"]![0]]);
    assertEquals((await train.readImages([0])).length, 16 * 16 * 3);
    train.close();
  }));

Deno.test("preparePhotographs() follows the folder: new, changed and removed pictures", () =>
  withFolder(async (folder) => {
    const from = `${folder}/photos`;
    await writeFiles(from, photos);
    const prepare = (dir: string) => preparePhotographs(from, { ...quietOptions(dir), sizePx: 8 });
    const dir = `${folder}/set`;
    await prepare(dir);
    assertEquals((await prepare(dir)).changed, []);
    await writeFiles(from, {
      "new.jpg": await madeJpeg(99),
      "album 1/photo 1.jpg": await madeJpeg(98),
    });
    await Deno.remove(`${from}/album 2/photo 2.jpg`);
    assert((await prepare(dir)).changed.length > 0);
    await prepare(`${folder}/fresh`);
    assertEquals(await fingerprint(dir), await fingerprint(`${folder}/fresh`));
  }));

Deno.test("preparePhotographs() cuts several training images out of each photograph", () =>
  withFolder(async (folder) => {
    await writeFiles(`${folder}/photos`, photos);
    const prepare = (dir: string, crops: number) =>
      preparePhotographs(`${folder}/photos`, { ...quietOptions(dir), sizePx: 16, crops });
    const [one, five] = [`${folder}/one`, `${folder}/five`];
    await prepare(one, 1);
    await prepare(five, 5);
    const own = await namesOf(one);
    const all = await namesOf(five);
    assertEquals([all["val.tsv"], all["test.tsv"]], [own["val.tsv"], own["test.tsv"]]);
    assertEquals(
      all["train.tsv"]!.toSorted(),
      own["train.tsv"]!.flatMap((name) => [name, ...[1, 2, 3, 4].map((crop) => `${name}#${crop}`)])
        .toSorted(),
    );
    const middles = await openSplit(one, "train");
    const crops = await openSplit(five, "train");
    for (const [i, name] of own["train.tsv"]!.entries()) {
      const at = all["train.tsv"]!.indexOf(name);
      const images = await Promise.all(
        [0, 1, 2, 3, 4].map((crop) => crops.readImages([at + crop])),
      );
      assertEquals(images[0], await middles.readImages([i]));
      // The photographs are so small that two crops may be all of one.
      assert(new Set(images.map(String)).size >= 3, name);
    }
    middles.close();
    crops.close();
    await prepare(one, 5);
    assertEquals(await fingerprint(one), await fingerprint(five));
  }));

Deno.test("preparePhotographs() refuses a folder without pictures, and another size", () =>
  withFolder(async (folder) => {
    await writeFiles(`${folder}/none`, { "a.txt": new Uint8Array(2) });
    const options = { ...quietOptions(`${folder}/set`), sizePx: 8 };
    await assertRejects(
      () => preparePhotographs(`${folder}/none`, options),
      RangeError,
      "must hold pictures (JPEG, PNG, WebP, AVIF, TIFF, GIF) or an extracted Tiny ImageNet, got 1",
    );
    await writeFiles(`${folder}/photos`, { "a.jpg": await madeJpeg(1) });
    await preparePhotographs(`${folder}/photos`, options);
    await assertRejects(
      () => preparePhotographs(`${folder}/photos`, { ...options, sizePx: 16 }),
      Error,
      "it holds photographs at 8x8; choose another --dir",
    );
  }));

Deno.test("preparePhotographs() lists a picture too large to be read, without reading it", () =>
  withFolder(async (folder) => {
    const many = Object.fromEntries(
      Array.from(
        { length: 2 },
        (_, copy) => Object.entries(photos).map(([path, bytes]) => [`${copy}/${path}`, bytes]),
      ).flat(),
    );
    await writeFiles(`${folder}/photos`, { ...many, "huge.tif": new Uint8Array(1) });
    await Deno.truncate(`${folder}/photos/huge.tif`, 2 ** 31);
    const dir = `${folder}/set`;
    await preparePhotographs(`${folder}/photos`, { ...quietOptions(dir), sizePx: 8 });
    const list = await Deno.readTextFile(`${dir}/${splitOfName("huge.tif")}.unreadable.tsv`);
    assert(list.includes("must have at most 67108864 bytes, got 2147483648"), list);
  }));
