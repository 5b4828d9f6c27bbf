import { assertEquals, assertNotEquals } from "@std/assert";
import { compareNames, readList, sortList } from "../../src/data/sorted_list.ts";
import { SeededRandom } from "../random.ts";
import { withFolder } from "./made_images.ts";

Deno.test("sortList() sorts numbers in names as numbers", () =>
  withFolder(async (folder) => {
    const names = ["val_10", "val_2", "n2_1", "n10_0", "n2_10", "val_0", "é", "val_02"];
    const list = sortList(`${folder}/list`);
    for (const name of names) await list.add({ name, signature: "1" });
    await list.finish();
    const sorted = (await Array.fromAsync(readList(`${folder}/list`))).map(({ name }) => name);
    assertEquals(sorted, ["n2_1", "n2_10", "n10_0", "val_0", "val_02", "val_2", "val_10", "é"]);
    assertEquals(compareNames("val_9", "val_10") < 0, true);
  }));

Deno.test("sortList() gives one list, however it is cut into chunks and whatever comes first", () =>
  withFolder(async (folder) => {
    const names = Array.from({ length: 1000 }, (_, i) => `folder ${i % 7}/${i}.jpg`);
    const random = new SeededRandom(1);
    const results = [];
    for (const chunkImages of [7, 100, 10_000]) {
      const shuffled = names.map((name) => ({ name, at: random.next() }))
        .sort((a, b) => a.at - b.at);
      const list = sortList(`${folder}/list`, { chunkImages });
      for (const { name } of shuffled) await list.add({ name, signature: `of ${name}` });
      results.push(await list.finish());
      const sorted = await Array.fromAsync(readList(`${folder}/list`));
      assertEquals(sorted.length, 1000);
      assertEquals(sorted[1]!.name, "folder 0/7.jpg");
    }
    assertEquals([results[0], results[1]], [results[2], results[2]]);
    assertEquals((await Array.fromAsync(Deno.readDir(folder))).length, 1, "no chunks left behind");
  }));

Deno.test("sortList() keeps the first added of one name, and tells lists apart", () =>
  withFolder(async (folder) => {
    const hashes = [];
    for (const signatures of [["new", "old"], ["old", "new"]]) {
      const list = sortList(`${folder}/list`, { chunkImages: 2 });
      for (const signature of signatures) {
        for (const name of ["b", "a", "c"]) await list.add({ name, signature });
      }
      const { count, sha256 } = await list.finish();
      hashes.push(sha256);
      assertEquals(count, 3);
      const kept = await Array.fromAsync(readList(`${folder}/list`));
      assertEquals(kept.map(({ signature }) => signature), Array(3).fill(signatures[0]));
    }
    assertNotEquals(hashes[0], hashes[1]);
  }));
