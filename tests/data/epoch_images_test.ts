import { assertEquals, assertRejects } from "@std/assert";
import { type EpochChoice, listEpochImages } from "../../src/data/epoch_images.ts";
import { openSplit } from "../../src/data/split.ts";
import { makeFolder } from "../train/train_run.ts";
import { paintImages } from "./paint_images.ts";

const NAMES = ["aunt/1.jpg", "aunt/2.jpg", "sea/1.jpg", "sea/2.jpg", "sea/3.jpg"];
const ALL: EpochChoice = { classWeights: null, minColorfulness: 0 };

/** The second portrait is gray, the second picture of the sea toned. */
async function makePhotographs() {
  const folder = await makeFolder({ train: NAMES.length, val: 1 });
  await paintImages(folder.path, ["colored", "gray", "colored", "sepia", "colored"]);
  const rows = NAMES.map((name) => `${name}\t0\t00000000\n`);
  await Deno.writeTextFile(`${folder.path}/train.tsv`, rows.join(""));
  const split = await openSplit(folder.path, "train");
  return {
    path: folder.path,
    split,
    async [Symbol.asyncDispose]() {
      split.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

Deno.test("listEpochImages() weights classes and leaves out dull images", async () => {
  await using folder = await makePhotographs();
  const list = async (choice: Partial<EpochChoice>) => {
    const { images, dull } = await listEpochImages(folder.split, { ...ALL, ...choice });
    return { images: images && [...images], dull };
  };
  assertEquals(await list({}), { images: null, dull: 0 });
  const classWeights = { aunt: 2, sea: 0.5 };
  assertEquals(await list({ classWeights }), { images: [0, 0, 1, 1, 3], dull: 0 });
  assertEquals(await list({ minColorfulness: 18 }), { images: [0, 2, 4], dull: 2 });
  assertEquals(await list({ classWeights, minColorfulness: 18 }), { images: [0, 0, 4], dull: 2 });
});

Deno.test("listEpochImages() refuses weights that do not fit, and to leave no image", async () => {
  await using folder = await makePhotographs();
  const list = (choice: Partial<EpochChoice>) =>
    listEpochImages(folder.split, { ...ALL, ...choice });
  await assertRejects(() => list({ classWeights: { uncle: 2 } }), RangeError, "none of uncle");
  await paintImages(folder.path, ["gray", "gray", "sepia", "sepia", "gray"]);
  await assertRejects(
    () => list({ minColorfulness: 18 }),
    RangeError,
    `${folder.path} must hold some of colorfulness 18 or more, got 5 of less`,
  );
});
