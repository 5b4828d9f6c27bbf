import { assertEquals, assertRejects } from "@std/assert";
import { openSplit } from "../../src/data/split.ts";
import { openWeightedSplit } from "../../src/data/weighted_split.ts";
import { makeFolder } from "../train/train_run.ts";

const NAMES = ["aunt/1.jpg", "aunt/2.jpg", "sea/1.jpg", "sea/2.jpg"];

async function makePhotographs() {
  const folder = await makeFolder({ train: NAMES.length, val: 1 });
  const rows = NAMES.map((name) => `${name}\t0\t00000000\n`);
  await Deno.writeTextFile(`${folder.path}/train.tsv`, rows.join(""));
  return folder;
}

Deno.test("openWeightedSplit() reads the images of an epoch, in the split's order", async () => {
  await using folder = await makePhotographs();
  const split = await openWeightedSplit(folder.path, "train", { aunt: 0.5, sea: 2 });
  const all = await openSplit(folder.path, "train");
  assertEquals([split.count, split.sizePx], [5, all.sizePx]);
  const names = await Promise.all([0, 1, 2, 3, 4].map((index) => split.name(index)));
  assertEquals(names, ["aunt/2.jpg", "sea/1.jpg", "sea/1.jpg", "sea/2.jpg", "sea/2.jpg"]);
  assertEquals(await split.readImages([3, 0, 2]), await all.readImages([3, 1, 2]));
  await assertRejects(() => split.readImages([5]), RangeError, "index must be 0 to 4, got 5");
  await assertRejects(() => split.name(-1), RangeError, "index must be 0 to 4, got -1");
  split.close();
  all.close();
});

Deno.test("openWeightedSplit() leaves a split without weights as it is", async () => {
  await using folder = await makePhotographs();
  const split = await openWeightedSplit(folder.path, "train", null);
  assertEquals(split.count, 4);
  split.close();
});

Deno.test({
  name: "openWeightedSplit() refuses a class without images, and closes the file",
  sanitizeResources: true,
  fn: async () => {
    await using folder = await makePhotographs();
    const open = () => openWeightedSplit(folder.path, "train", { uncle: 2 });
    await assertRejects(open, RangeError, "got none of uncle");
  },
});
