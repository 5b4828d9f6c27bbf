import { assertEquals, assertRejects } from "@std/assert";
import { replaceTogether } from "../../../scripts/publish/replace_together.ts";

Deno.test("replaceTogether() replaces every file, and leaves nothing else", async () => {
  await inFolder(async (dir) => {
    await replaceTogether(dir, { a: "old", b: "old" });
    await replaceTogether(dir, { a: "new", b: new Uint8Array([0x21]) });
    assertEquals(await readTexts(dir), { a: "new", b: "!" });
  });
});

Deno.test("replaceTogether() replaces no file when one cannot be written", async () => {
  await inFolder(async (dir) => {
    await replaceTogether(dir, { a: "old", b: "old" });
    await Deno.mkdir(`${dir}/b.new/full`, { recursive: true }); // no file can take this place
    await assertRejects(() => replaceTogether(dir, { a: "new", b: "new" }), Error, `${dir}/b.new`);
    await Deno.remove(`${dir}/b.new`, { recursive: true });
    assertEquals(await readTexts(dir), { a: "old", b: "old" });
  });
});

async function inFolder(run: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await run(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function readTexts(dir: string): Promise<Record<string, string>> {
  const names = (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name).sort();
  const texts = names.map(async (name) => [name, await Deno.readTextFile(`${dir}/${name}`)]);
  return Object.fromEntries(await Promise.all(texts));
}
