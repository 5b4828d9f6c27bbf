import { assertEquals, assertRejects } from "@std/assert";
import { openChosenSplit } from "../../src/data/chosen_split.ts";
import { openSplit } from "../../src/data/split.ts";
import { makeFolder } from "../train/train_run.ts";

Deno.test("openChosenSplit() reads the chosen images, in their order", async () => {
  await using folder = await makeFolder({ train: 4, val: 1 });
  const split = await openChosenSplit(folder.path, "train", Uint32Array.of(1, 2, 2, 3, 3));
  const all = await openSplit(folder.path, "train");
  assertEquals([split.count, split.sizePx], [5, all.sizePx]);
  const chosen = await Promise.all([0, 1, 2, 3, 4].map((index) => split.name(index)));
  const names = await Promise.all([1, 2, 2, 3, 3].map((index) => all.name(index)));
  assertEquals(chosen, names);
  assertEquals(await split.readImages([3, 0, 2]), await all.readImages([3, 1, 2]));
  await assertRejects(() => split.readImages([5]), RangeError, "index must be 0 to 4, got 5");
  await assertRejects(() => split.name(-1), RangeError, "index must be 0 to 4, got -1");
  split.close();
  all.close();
});

Deno.test("openChosenSplit() leaves a split without a choice as it is", async () => {
  await using folder = await makeFolder({ train: 4, val: 1 });
  const split = await openChosenSplit(folder.path, "train", null);
  assertEquals(split.count, 4);
  split.close();
});
