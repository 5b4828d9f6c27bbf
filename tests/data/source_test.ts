import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openSource, type Source } from "../../src/data/source.ts";
import { makeLink } from "../links.ts";
import { type Files, madeTarGz, madeZip, withFolder, writeFiles } from "./made_images.ts";

const FILES: Files = {
  "set/val/images/val_0.JPEG": new Uint8Array(3000).fill(1),
  "set/words.txt": new Uint8Array(0),
  "set/deep/er/été.txt": new Uint8Array(700).fill(3),
};

async function contents(source: Source, wanted = (_path: string) => true): Promise<Files> {
  const files: Files = {};
  for await (const file of source.files()) {
    if (!wanted(file.path)) continue;
    const bytes = await file.read();
    assertEquals(file.bytes, bytes.length);
    files[file.path] = new Uint8Array(bytes);
  }
  return files;
}

Deno.test("openSource() reads a zip, a .tar.gz and a folder alike, as often as asked", () =>
  withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.zip`, madeZip(FILES));
    await Deno.writeFile(`${folder}/d.zip`, madeZip(FILES, { deflate: true }));
    await Deno.writeFile(`${folder}/b.bin`, await madeTarGz(FILES));
    await writeFiles(`${folder}/c`, FILES);
    for (
      const [name, kind] of [["a.zip", "zip"], ["d.zip", "zip"], ["b.bin", "tar"], ["c", "folder"]]
    ) {
      const source = await openSource(`${folder}/${name}`);
      assertEquals(source.kind, kind);
      assertEquals(await contents(source), FILES);
      const some = await contents(source, (path) => path.endsWith("é.txt"));
      assertEquals(Object.keys(some), ["set/deep/er/été.txt"]);
    }
  }));

Deno.test("openSource() tells files of another kind by their bytes", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/text.tar.gz`, "hello");
    await Deno.writeTextFile(`${folder}/empty.zip`, "");
    for (
      const [name, got] of [
        ["text.tar.gz", "got a file of another kind"],
        ["empty.zip", "got an empty file"],
        ["none.zip", "no such file or folder"],
      ] as const
    ) {
      const error = await assertRejects(() => openSource(`${folder}/${name}`), Error, got);
      assertEquals(error.message.startsWith(`Cannot read ${folder}/${name}: `), true);
    }
  }));

Deno.test("a damaged archive is named, and how far it was good", () =>
  withFolder(async (folder) => {
    const tarGz = await madeTarGz(FILES), zip = madeZip(FILES);
    const flipped = tarGz.slice();
    flipped[tarGz.length - 6]! ^= 255; // in the checksum at the end
    const damaged: Files = {
      "cut.tar.gz": tarGz.subarray(0, tarGz.length - 20),
      "flipped.tar.gz": flipped,
      "cut.zip": zip.subarray(0, zip.length - 60),
    };
    await writeFiles(folder, damaged);
    for (const name of Object.keys(damaged)) {
      const source = await openSource(`${folder}/${name}`);
      const error = await assertRejects(
        () => contents(source, () => false),
        Error,
        "archive is damaged after",
      );
      assertEquals(error.message.startsWith(`Cannot read ${folder}/${name}: `), true);
    }
  }));

Deno.test("zipSource() finds out when a file in the zip is damaged", () =>
  withFolder(async (folder) => {
    const damage = async (zip: Uint8Array, at: number, message: string) => {
      zip[at]! ^= 255;
      await Deno.writeFile(`${folder}/a.zip`, zip);
      const source = await openSource(`${folder}/a.zip`);
      const error = await assertRejects(() => contents(source), Error, message);
      assertStringIncludes(error.message, "Cannot read set/val/images/val_0.JPEG in the zip: ");
    };
    const deflated = () => madeZip(FILES, { deflate: true });
    await damage(madeZip(FILES), 200, "its size or checksum is wrong");
    await damage(deflated(), 56, "its data are damaged");
    await damage(deflated(), 2, "it is not where the directory says");
    const directory = deflated().findIndex((byte, i, zip) => byte === 80 && zip[i + 2] === 1);
    await damage(deflated(), directory + 10, "must be stored or deflated, got method 247");
  }));

Deno.test("folderSource() is not trapped by links in a circle or to nowhere", () =>
  withFolder(async (folder) => {
    await writeFiles(folder, { "a/photo.jpg": new Uint8Array(5) });
    await makeLink(folder, `${folder}/a/circle`);
    await makeLink(`${folder}/none`, `${folder}/a/nowhere.jpg`);
    await makeLink(`${folder}/a/photo.jpg`, `${folder}/linked.jpg`);
    const paths = Object.keys(await contents(await openSource(folder))).sort();
    assertEquals(paths, ["a/photo.jpg", "linked.jpg"]);
  }));
