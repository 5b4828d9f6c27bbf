import { assertEquals, assertThrows } from "@std/assert";
import { indexNames } from "../../src/data/names.ts";
import { withFolder } from "./made_images.ts";

Deno.test("indexNames() finds the name of any line", () =>
  withFolder(async (folder) => {
    for (const count of [1, 511, 512, 513, 2000]) {
      const lines = Array.from({ length: count }, (_, i) => `photo é ${i}.jpg\t${i}\t0\n`);
      await Deno.writeTextFile(`${folder}/names.tsv`, lines.join(""));
      const name = indexNames(`${folder}/names.tsv`);
      for (const line of [0, count >> 1, count - 1]) {
        assertEquals(name(line), `photo é ${line}.jpg`);
      }
      assertThrows(() => name(count + 512), RangeError, "past its end");
    }
  }));
