import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { diskError, DiskFullError, explainFullDisk, replaceFile } from "../../src/data/files.ts";
import { withFolder } from "./made_images.ts";

Deno.test("replaceFile() leaves nothing but the new text", () =>
  withFolder(async (folder) => {
    await replaceFile(`${folder}/index.json`, "a longer text");
    await replaceFile(`${folder}/index.json`, "short");
    assertEquals(await Deno.readTextFile(`${folder}/index.json`), "short");
    assertEquals((await Array.fromAsync(Deno.readDir(folder))).length, 1);
  }));

Deno.test("replaceFile() that fails leaves the old content, names the file and tidies up", () =>
  withFolder(async (folder) => {
    const path = `${folder}/index.json`;
    await Deno.mkdir(path); // a folder cannot be replaced by a file
    const error = await assertRejects(() => replaceFile(path, new Uint8Array(9)), Error, path);
    assertInstanceOf(error.cause, Error);
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    assertEquals(names, ["index.json"]);
  }));

Deno.test("explainFullDisk() names the file and the way on, and leaves other errors alone", async () => {
  const full = Object.assign(new Error("No space left on device (os error 28)"), {
    code: "ENOSPC",
  });
  const error = await assertRejects(
    () => explainFullDisk("set/train.rgb", () => Promise.reject(full)),
    DiskFullError,
    "Cannot write set/train.rgb: the disk is full; free some space",
  );
  assertStrictEquals(error.cause, full);
  const other = new Error("broken pipe");
  assertStrictEquals(diskError("x", other), other);
});
