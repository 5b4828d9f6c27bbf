import { assertEquals } from "@std/assert";
import { findDullImages } from "../../src/data/dull_images.ts";
import { openSplit } from "../../src/data/split.ts";
import { makeFolder } from "../train/train_run.ts";
import { paintImages } from "./paint_images.ts";

async function dullOf(dir: string, minColorfulness: number): Promise<number[]> {
  const split = await openSplit(dir, "train");
  try {
    return [...await findDullImages(split, minColorfulness)];
  } finally {
    split.close();
  }
}

Deno.test("findDullImages() lists images of less colorfulness than asked for", async () => {
  await using folder = await makeFolder({ train: 5, val: 1 });
  await paintImages(folder.path, ["colored", "gray", "colored", "sepia", "colored"]);
  assertEquals(await dullOf(folder.path, 1), [1]);
  assertEquals(await dullOf(folder.path, 30), [1, 3]);
  assertEquals(await dullOf(folder.path, 254), [0, 1, 2, 3, 4]);
});

Deno.test("findDullImages() reads splits larger than it reads at once", async () => {
  await using folder = await makeFolder({ train: 600, val: 1 });
  const kinds = Array.from({ length: 600 }, (_, i) => i % 100 === 7 ? "gray" : "colored");
  await paintImages(folder.path, kinds as ("gray" | "colored")[]);
  assertEquals(await dullOf(folder.path, 18), [7, 107, 207, 307, 407, 507]);
});
