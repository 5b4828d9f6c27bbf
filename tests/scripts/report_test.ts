/** `deno task report` as its user meets it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Image } from "imagescript";
import { encodeImage } from "../../src/image/encode.ts";
import { makePaletteFolder } from "../colorize/palette_model.ts";
import { makeWorkspace, runScript } from "./train_command.ts";

Deno.test("deno task report writes one page of tables, charts and pictures", async (t) => {
  await using workspace = await makeWorkspace();
  const { path } = workspace;
  const models = await makePaletteFolder();
  const flags = ["--dir", `${path}/data`, "--models", models, "--backend", "wasm"];
  const common = [...flags, "--split", "val", "--study", `${path}/study`];

  await t.step("measured now, with photographs", async () => {
    await Deno.mkdir(`${path}/photos`);
    const photo = await encodeImage(new Image(40, 30).fill(0x777777ff), { format: "png" });
    await Deno.writeFile(`${path}/photos/a.png`, photo);
    const out = `${path}/report.html`;
    const args = [...common, "--photos", `${path}/photos`, "-o", out];
    const { code, stdout, stderr } = await runScript("report", args);
    assertEquals([code, stdout], [0, `${out}\n`], stderr);
    await checkPage(out, { pictures: 5, photographs: true });
  });
  await t.step("from what eval has written", async () => {
    const rows = `${path}/rows.jsonl`;
    const evaluated = await runScript("eval", ["all", ...flags, "--json", "--per-image", rows]);
    await Deno.writeTextFile(`${path}/metrics.json`, evaluated.stdout);
    const out = `${path}/again.html`;
    const files = ["--metrics", `${path}/metrics.json`, "--per-image", rows];
    const { code, stderr } = await runScript("report", [...common, ...files, "-o", out]);
    assertEquals(code, 0, stderr);
    await checkPage(out, { pictures: 4, photographs: false });
  });
  await t.step(
    "a page stays whole where another one fails",
    () => checkStays(`${path}/again.html`, common),
  );
  await t.step(
    "photographs that cannot be shown are refused before the measuring",
    () => checkPhotosFirst(path, common),
  );
  await t.step("one file without the other is refused", () => checkBothNeeded(common));
  await Deno.remove(models, { recursive: true });
});

async function checkPhotosFirst(path: string, flags: string[]): Promise<void> {
  const folder = `${path}/empty`;
  await Deno.mkdir(folder);
  const measured = ["--metrics", `${path}/none`, "--per-image", `${path}/none`]; // refused later
  const args = [...flags, ...measured, "--photos", folder, "-o", `${path}/new.html`];
  const { code, stderr } = await runScript("report", args);
  assertEquals(code, 1);
  assertStringIncludes(stderr, `Cannot show ${folder}: must hold photographs, got none`);
  assertEquals(await Deno.stat(`${path}/new.html`).catch(({ name }) => name), "NotFound");
}

async function checkBothNeeded(flags: string[]): Promise<void> {
  const { code, stderr } = await runScript("report", [...flags, "--metrics", "m.json"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "--metrics and --per-image need each other");
}

async function checkStays(page: string, flags: string[]): Promise<void> {
  const before = await Deno.readTextFile(page);
  const files = ["--metrics", `${page}.none`, "--per-image", `${page}.none`];
  const { code, stderr } = await runScript("report", [...flags, ...files, "-o", page]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, ".none: must be what deno task eval has written");
  assertEquals(await Deno.readTextFile(page), before);
}

async function checkPage(
  path: string,
  { pictures, photographs }: { pictures: number; photographs: boolean },
): Promise<void> {
  const page = await Deno.readTextFile(path);
  assertMatch(page, /^<!DOCTYPE html>/);
  for (const name of ["gray", "mean", "palette@0", "palette@1", "palette@0+10"]) {
    assertStringIncludes(page, `<td>${name}</td>`);
  }
  assertEquals([...page.matchAll(/<svg /g)].length, 2); // colorfulness, hints
  assertEquals([...page.matchAll(/src="data:image\/png;base64,[^"]{100,}"/g)].length, pictures);
  assertEquals(page.includes("<h2>Photographs</h2>"), photographs);
  assert(!/(src|href)="(?!data:)/.test(page), "the page refers to another file");
}
