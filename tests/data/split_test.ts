import { assertEquals, assertRejects } from "@std/assert";
import { openSplit } from "../../src/data/split.ts";
import { withFolder } from "./made_images.ts";

const SIZE_PX = 4;
const BYTES = SIZE_PX * SIZE_PX * 3;

/** A split of 600 images, image i filled with i mod 251. */
async function makeSplit(dir: string): Promise<void> {
  const pixels = Uint8Array.from({ length: 600 * BYTES }, (_, i) => Math.floor(i / BYTES) % 251);
  const entry = { count: 600, unreadable: 0, sha256: "", listSha256: "" };
  const index = { format: 1, dataset: "photographs", sizePx: SIZE_PX, splits: { val: entry } };
  const names = Array.from({ length: 600 }, (_, i) => `val_${i}.JPEG\t1\t0\n`).join("");
  await Deno.writeFile(`${dir}/val.rgb`, pixels);
  await Deno.writeTextFile(`${dir}/val.tsv`, names);
  await Deno.writeTextFile(`${dir}/index.json`, JSON.stringify(index));
}

Deno.test("openSplit() reads any images in any order, and their names", () =>
  withFolder(async (dir) => {
    await makeSplit(dir);
    const split = await openSplit(dir, "val");
    assertEquals([split.dir, split.split, split.count, split.sizePx], [dir, "val", 600, SIZE_PX]);
    const indices = [7, 8, 9, 0, 599, 599, 250, 3, 2];
    const batches = await Promise.all([split.readImages(indices), split.readImages([1, 2])]);
    assertEquals(batches[0], new Uint8Array(indices.flatMap((i) => Array(BYTES).fill(i % 251))));
    assertEquals(batches[1]!.length, 2 * BYTES);
    assertEquals(await split.readImages(new Int32Array(0)), new Uint8Array(0));
    assertEquals(await split.name(0), "val_0.JPEG");
    assertEquals(await split.name(599), "val_599.JPEG");
    split.close();
  }));

Deno.test("openSplit() refuses indices outside the split", () =>
  withFolder(async (dir) => {
    await makeSplit(dir);
    const split = await openSplit(dir, "val");
    for (const indices of [[-1], [600], [598, 599, 600], [1.5], [NaN], [3, -1]]) {
      await assertRejects(() => split.readImages(indices), RangeError, "index must be 0 to 599");
    }
    await assertRejects(() => split.name(600), RangeError, "got 600");
    split.close();
  }));

Deno.test("openSplit() names the command that prepares what is missing", () =>
  withFolder(async (dir) => {
    const command = `deno task data --dir ${dir}`;
    const none = await assertRejects(() => openSplit(dir, "val"), Error, command);
    assertEquals(none.message.startsWith("Cannot open the val split"), true);
    await makeSplit(dir);
    await assertRejects(() => openSplit(dir, "test"), Error, `${command} --from FOLDER --size 4`);
  }));

Deno.test("openSplit() refuses a file that is cut short, and an index it cannot read", () =>
  withFolder(async (dir) => {
    await makeSplit(dir);
    await Deno.truncate(`${dir}/val.rgb`, 600 * BYTES - 1);
    await assertRejects(() => openSplit(dir, "val"), Error, `${600 * BYTES} bytes, got 28799`);
    await Deno.remove(`${dir}/val.rgb`);
    await assertRejects(() => openSplit(dir, "val"), Error, "got no file");
    await Deno.writeTextFile(`${dir}/index.json`, "{");
    await assertRejects(() => openSplit(dir, "val"), SyntaxError, "index.json: must be JSON");
    await Deno.writeTextFile(`${dir}/index.json`, '{"format":2}');
    await assertRejects(() => openSplit(dir, "val"), SyntaxError, "format 1");
  }));
