import { assert, assertEquals, assertRejects } from "@std/assert";
import { decodeExact } from "../../src/data/image_pixels.ts";
import { prepareTinyImagenet } from "../../src/data/prepare_tiny_imagenet.ts";
import { openSource, type Source } from "../../src/data/source.ts";
import { openSplit } from "../../src/data/split.ts";
import {
  type Files,
  fingerprint,
  madeTarGz,
  madeTinyImagenet,
  madeZip,
  quietOptions,
  readFolder,
  withFolder,
  writeFiles,
} from "./made_images.ts";

const parts = await madeTinyImagenet({ train: 60, val: 130, test: 3 });
const train = await madeTarGz(parts.train);
const evaluation = await madeTarGz(parts.eval);

/** Archives of the small set, and as `whole` the set that was prepared of them at one go. */
async function withArchives(
  use: (folder: string, open: (...names: string[]) => Promise<Source[]>) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await writeFiles(folder, { "train.tar.gz": train, "eval.tar.gz": evaluation });
    await writeFiles(`${folder}/whole`, await (whole ??= prepareWhole(folder)));
    await use(
      folder,
      (...names) => Promise.all(names.map((name) => openSource(`${folder}/${name}`))),
    );
  });
}

let whole: Promise<Files> | undefined;

async function prepareWhole(folder: string): Promise<Files> {
  const sources = [`${folder}/train.tar.gz`, `${folder}/eval.tar.gz`].map(openSource);
  await prepareTinyImagenet(await Promise.all(sources), quietOptions(`${folder}/whole`));
  return await readFolder(`${folder}/whole`);
}

Deno.test("prepareTinyImagenet() puts images in numeric order, with the pixels of the JPEGs", () =>
  withArchives(async (folder) => {
    const dir = `${folder}/whole`;
    const { splits, ...rest } = JSON.parse(await Deno.readTextFile(`${dir}/index.json`));
    assertEquals(rest, { format: 1, dataset: "tiny-imagenet-200", sizePx: 64 });
    const counts = ["train", "val", "test"].map((split) => [
      splits[split].count,
      splits[split].expected,
      splits[split].unreadable,
    ]);
    assertEquals(counts, [[120, 100_000, 0], [130, 10_000, 0], [3, 10_000, 0]]);
    const names = [
      "index.json",
      ...["test", "train", "val"].flatMap((s) => [`${s}.rgb`, `${s}.tsv`]),
    ];
    assertEquals(Object.keys(await readFolder(dir)).sort(), names);
    for (
      const [split, index, path] of [
        ["val", 12, "val/images/val_12.JPEG"],
        ["train", 2, "train/n01000001/images/n01000001_2.JPEG"],
        ["train", 60, "train/n02000001/images/n02000001_0.JPEG"],
      ] as const
    ) {
      const images = await openSplit(dir, split);
      const jpeg = { ...parts.train, ...parts.eval }[`tiny-imagenet-200/${path}`]!;
      assertEquals(await images.name(index), path.split("/").at(-1));
      assertEquals(await images.readImages([index]), new Uint8Array(await decodeExact(jpeg, 64)));
      images.close();
    }
  }));

Deno.test("prepareTinyImagenet() gives the same files from any kind of source in any order", () =>
  withArchives(async (folder, open) => {
    const whole = await fingerprint(`${folder}/whole`);
    await Deno.writeFile(`${folder}/all.zip`, madeZip({ ...parts.eval, ...parts.train }));
    await writeFiles(`${folder}/extracted`, { ...parts.eval, ...parts.train });
    const mixes = [
      ["eval.tar.gz", "train.tar.gz"],
      ["all.zip"],
      ["extracted"],
      ["train.tar.gz", "all.zip", "train.tar.gz"],
    ];
    for (const [i, names] of mixes.entries()) {
      await prepareTinyImagenet(await open(...names), quietOptions(`${folder}/set${i}`));
      assertEquals(await fingerprint(`${folder}/set${i}`), whole, names.join(" "));
    }
  }));

Deno.test("prepareTinyImagenet() goes on after interruptions and ends with the same files", () =>
  withArchives(async (folder, open) => {
    const sources = await open("train.tar.gz", "eval.tar.gz");
    const dir = `${folder}/set`;
    const starts: number[] = [];
    for (let runs = 0; runs < 20; runs++) {
      const stop = new AbortController();
      const options = quietOptions(dir);
      const startProgress: typeof options.startProgress = (_, { start = 0 }) => {
        starts.push(start);
        const update = (done: number) => {
          if (done >= start + 40) stop.abort(new Error("stopped"));
        };
        return { update, log: () => {}, stop: () => {} };
      };
      const run = prepareTinyImagenet(sources, { ...options, startProgress, signal: stop.signal });
      if (await run.then(() => true, (error) => error.message !== "stopped")) break;
      await assertRejects(() => openSplit(dir, "val"), Error, "Cannot open the val split");
    }
    assert(starts.length > 3 && starts.every((start, i) => start >= 40 * i), starts.join(" "));
    assertEquals(await fingerprint(dir), await fingerprint(`${folder}/whole`));
  }));

Deno.test("prepareTinyImagenet() installs what a run had finished before it was killed", () =>
  withArchives(async (folder, open) => {
    const whole = await readFolder(`${folder}/whole`);
    const dir = `${folder}/set`;
    const index = JSON.parse(await Deno.readTextFile(`${folder}/whole/index.json`));
    // Killed after the pixels were moved, before the names and the index were.
    const ready = { entry: index.splits.val, pixels: "val.rgb" };
    await writeFiles(dir, {
      "val.rgb": whole["val.rgb"]!,
      ".preparing/val.tsv": whole["val.tsv"]!,
      ".preparing/val.unreadable.tsv": new Uint8Array(0),
      ".preparing/val.ready.json": new TextEncoder().encode(JSON.stringify(ready)),
    });
    const options = quietOptions(dir);
    const { changed } = await prepareTinyImagenet(
      await open("train.tar.gz", "eval.tar.gz"),
      options,
    );
    assertEquals(changed, ["train", "test"]);
    const files = await readFolder(dir);
    assertEquals(files["val.tsv"], whole["val.tsv"]);
    assertEquals(Object.keys(files).sort(), Object.keys(whole).sort());
  }));

Deno.test("prepareTinyImagenet() does nothing to a finished set, and heals a broken one", () =>
  withArchives(async (folder, open) => {
    const dir = `${folder}/whole`;
    const whole = await fingerprint(dir);
    const sources = await open("eval.tar.gz");
    assertEquals((await prepareTinyImagenet(sources, quietOptions(dir))).changed, []);
    assertEquals(await fingerprint(dir), whole);
    await Deno.truncate(`${dir}/val.rgb`, 1000);
    const options = quietOptions(dir);
    assertEquals((await prepareTinyImagenet(sources, options)).changed, ["val"]);
    assert(
      options.lines.some((line) => line.includes("val.rgb must have 1597440 bytes, got 1000")),
    );
    assertEquals((await fingerprint(dir))["val.rgb"], whole["val.rgb"]);
  }));

Deno.test("prepareTinyImagenet() adds to a set, keeping images whose source is gone", () =>
  withArchives(async (folder, open) => {
    const entries = Object.entries(parts.train);
    for (const half of [0, 1]) {
      const files: Files = Object.fromEntries(entries.filter((_, i) => i % 2 === half));
      await Deno.writeFile(`${folder}/half${half}.tar.gz`, await madeTarGz(files));
    }
    const dir = `${folder}/set`;
    const runs: [string, string[]][] = [
      ["eval.tar.gz", ["val", "test"]],
      ["half1.tar.gz", ["train"]],
      ["half0.tar.gz", ["train"]],
    ];
    for (const [name, changed] of runs) {
      const prepared = await prepareTinyImagenet(await open(name), quietOptions(dir));
      assertEquals(prepared.changed, changed);
    }
    assertEquals(await fingerprint(dir), await fingerprint(`${folder}/whole`));
  }));

Deno.test("prepareTinyImagenet() leaves out and lists what it cannot read, up to 1%", () =>
  withArchives(async (folder, open) => {
    const whole = await readFolder(`${folder}/whole`);
    const broken = { ...parts.eval };
    const [path] = Object.keys(broken).filter((path) => path.endsWith("/val_7.JPEG"));
    broken[path!] = new TextEncoder().encode("no JPEG");
    await Deno.writeFile(`${folder}/broken.tar.gz`, await madeTarGz(broken));
    const dir = `${folder}/set`;
    const options = quietOptions(dir);
    const { index } = await prepareTinyImagenet(await open("broken.tar.gz"), options);
    assertEquals([index.splits.val!.count, index.splits.val!.unreadable], [129, 1]);
    assert(options.lines.some((line) => line.startsWith("Skipped val val_7.JPEG: Cannot decode")));
    const files = await readFolder(dir);
    const list = new TextDecoder().decode(files["val.unreadable.tsv"]);
    assertEquals(list.startsWith("val_7.JPEG\t7\tCannot decode the image: must be a JPEG"), true);
    const bytes = 64 * 64 * 3;
    assertEquals(files["val.rgb"]!.subarray(7 * bytes), whole["val.rgb"]!.subarray(8 * bytes));
    const again = await prepareTinyImagenet(await open("broken.tar.gz"), quietOptions(dir));
    assertEquals(again.changed, []);
    // A later source has the image.
    await prepareTinyImagenet(await open("eval.tar.gz", "train.tar.gz"), quietOptions(dir));
    assertEquals(await fingerprint(dir), await fingerprint(`${folder}/whole`));
  }));

Deno.test("prepareTinyImagenet() keeps the list of unreadable images when it adds others", () =>
  withArchives(async (folder, open) => {
    const entries = Object.entries(parts.eval).filter(([path]) => path.includes("/val/"));
    const half = Object.fromEntries(entries.slice(0, 120));
    half["val/images/val_500.JPEG"] = new Uint8Array(9);
    await Deno.writeFile(`${folder}/half.tar.gz`, await madeTarGz(half));
    const dir = `${folder}/set`;
    await prepareTinyImagenet(await open("half.tar.gz"), quietOptions(dir));
    await prepareTinyImagenet(await open("eval.tar.gz"), quietOptions(dir));
    const files = await readFolder(dir);
    const { "val.rgb": pixels } = await fingerprint(`${folder}/whole`);
    assertEquals((await fingerprint(dir))["val.rgb"], pixels);
    assert(new TextDecoder().decode(files["val.unreadable.tsv"]).startsWith("val_500.JPEG\t9\t"));
  }));

Deno.test("prepareTinyImagenet() fails on more than 1% of unreadable images", () =>
  withArchives(async (folder, open) => {
    const broken = { ...parts.eval };
    for (const path of Object.keys(broken).slice(3, 5)) broken[path] = new Uint8Array(30);
    await Deno.writeFile(`${folder}/broken.tar.gz`, await madeTarGz(broken));
    const dir = `${folder}/set`;
    await assertRejects(
      async () => void await prepareTinyImagenet(await open("broken.tar.gz"), quietOptions(dir)),
      Error,
      "at most 1% of 133 images may be unreadable, got 2 so far, the last val_",
    );
    await prepareTinyImagenet(await open("eval.tar.gz"), quietOptions(dir));
    assertEquals(await openSplit(dir, "val").then((split) => (split.close(), split.count)), 130);
  }));

Deno.test("prepareTinyImagenet() refuses damaged or foreign sources, other sets, a second run", () =>
  withArchives(async (folder, open) => {
    await Deno.writeFile(`${folder}/cut.tar.gz`, evaluation.subarray(0, 9000));
    await Deno.writeFile(`${folder}/other.zip`, madeZip({ "readme.txt": new Uint8Array(3) }));
    const dir = `${folder}/set`;
    const prepare = async (name: string, to = dir) =>
      void await prepareTinyImagenet(await open(name), quietOptions(to));
    await assertRejects(() => prepare("cut.tar.gz"), Error, "cut.tar.gz: the archive is damaged");
    await assertRejects(() => prepare("other.zip"), RangeError, "other.zip: must hold train/WNID");
    const photographs = { format: 1, dataset: "photographs", sizePx: 64, splits: {} };
    await Deno.writeTextFile(`${folder}/index.json`, JSON.stringify(photographs));
    await assertRejects(() => prepare("eval.tar.gz", folder), Error, "choose another --dir");
    const lock = await Deno.open(`${dir}/.preparing/lock`, { write: true });
    await lock.lock(true);
    await assertRejects(() => prepare("eval.tar.gz"), Error, "another run is at work there");
    lock.close();
    await prepare("eval.tar.gz");
  }));
