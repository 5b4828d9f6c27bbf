import { assertEquals } from "@std/assert";
import { createRows, formatRow, parseRow, readRows } from "../../src/data/lines.ts";
import { withFolder } from "./made_images.ts";

Deno.test("formatRow() and parseRow() keep every character of a file name", () => {
  const row = ["tab\tline\nfeed", 'back\\slash "quoted"', "été 写真.jpg", "", "\u0001"];
  const line = formatRow(row);
  assertEquals([line.split("\t").length, line.split("\n").length], [row.length, 2]);
  assertEquals(parseRow(line.slice(0, -1)), row);
});

Deno.test("createRows() and readRows() stream rows through a file", () =>
  withFolder(async (folder) => {
    const rows = Array.from({ length: 5000 }, (_, i) => [`a name of some length é ${i}`, `${i}`]);
    using writer = await createRows(`${folder}/rows.tsv`);
    for (const row of rows) await writer.write(row);
    await writer.finish();
    assertEquals(await Array.fromAsync(readRows(`${folder}/rows.tsv`)), rows);
    assertEquals(await Array.fromAsync(readRows(`${folder}/none.tsv`)), []);
  }));
