/** `deno task data` as its user meets it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { madeTarGz, madeTinyImagenet, withFolder, writeFiles } from "../data/made_images.ts";
import { runTask } from "./run_task.ts";

const parts = await madeTinyImagenet();

Deno.test("deno task data prepares archives as the shell expands them, and says when it is done", () =>
  withFolder(async (folder) => {
    await writeFiles(folder, {
      "a.tar.gz": await madeTarGz(parts.train),
      "b.tar.gz": await madeTarGz(parts.eval),
    });
    const dir = `${folder}/set`;
    const args = ["--from", `${folder}/a.tar.gz`, `${folder}/b.tar.gz`, "--dir", dir];
    const first = await runTask("data", args);
    assertEquals(first.stdout.split("\n"), [
      `${dir}: 64x64 pixels`,
      "train      12 of 100000 images, incomplete",
      "val        12 of 10000 images, incomplete",
      "test        3 of 10000 images, incomplete",
      "",
    ]);
    assertEquals(first.code, 0, first.stderr);
    assertStringIncludes(first.stderr, "Preparing 27/27 images");
    const again = await runTask("data", args);
    assertStringIncludes(again.stderr, `${dir} is prepared already: nothing to do`);
    assertEquals([again.code, again.stdout], [0, first.stdout]);
  }));

Deno.test("deno task data prepares a folder of photographs at the size asked for", () =>
  withFolder(async (folder) => {
    const [[, photo]] = Object.entries(parts.eval) as [[string, Uint8Array]];
    await writeFiles(`${folder}/photos`, { "a.jpg": photo, "b/b.jpg": photo, "b/9.jpg": photo });
    const dir = `${folder}/set`;
    const args = ["--from", `${folder}/photos`, "--size", "16", "--dir", dir];
    const { code, stdout, stderr } = await runTask("data", args);
    assertEquals(stdout.split("\n"), [
      `${dir}: 16x16 pixels`,
      "train       2 images",
      "val      none",
      "test        1 images",
      "",
    ]);
    assertEquals(code, 0, stderr);
    assertEquals((await Deno.stat(`${dir}/train.rgb`)).size, 2 * 16 * 16 * 3);
  }));

Deno.test("deno task data cuts photographs, and joins prepared sets", () =>
  withFolder(async (folder) => {
    const [[, photo]] = Object.entries(parts.eval) as [[string, Uint8Array]];
    await writeFiles(`${folder}/photos`, { "a.jpg": photo, "b/b.jpg": photo, "b/9.jpg": photo });
    await writeFiles(folder, { "a.tar.gz": await madeTarGz({ ...parts.train, ...parts.eval }) });
    const prepare = async (to: string, ...from: string[]) => {
      const result = await runTask("data", ["--dir", `${folder}/${to}`, "--from", ...from]);
      assertEquals(result.code, 0, result.stderr);
      return result.stdout.split("\n").slice(1, 4);
    };
    await writeFiles(`${folder}/photos`, { "index.json": new TextEncoder().encode("[]") });
    const cut = await prepare("cut", `${folder}/photos`, "--crops", "7");
    assertEquals(cut, ["train      14 images", "val      none", "test        1 images"]);
    await prepare("tiny", `${folder}/a.tar.gz`);
    const both = await prepare("both", `${folder}/tiny`, `${folder}/cut`);
    assertEquals(both, ["train      26 images", "val        12 images", "test        3 images"]);
    await writeFiles(`${folder}/hurt`, {
      "index.json": new TextEncoder().encode("{"),
      "train.rgb": new Uint8Array(3),
    });
    const hurt = await runTask("data", ["--dir", `${folder}/x`, "--from", `${folder}/hurt`]);
    assertStringIncludes(hurt.stderr, "hurt/index.json: must be JSON");
    assertEquals(hurt.code, 1, hurt.stderr);
    for (
      const [args, problem] of [
        [[`${folder}/tiny`], "Cannot join prepared sets: must be two or more and nothing else"],
        [[`${folder}/tiny`, `${folder}/photos`], "must be two or more and nothing else"],
        [[`${folder}/tiny`, `${folder}/cut`, "--size", "64"], "Cannot use --size: prepared sets"],
        [[`${folder}/a.tar.gz`, "--crops", "2"], "Cannot use --crops: only photographs are cut"],
        [[`${folder}/photos`, "--crops", "0"], "Cannot use --crops: must be a whole number, 1 to"],
      ] as const
    ) {
      const { code, stderr } = await runTask("data", ["--dir", `${folder}/x`, "--from", ...args]);
      assertStringIncludes(stderr, problem);
      assertEquals(code, 2, stderr);
    }
  }));

Deno.test("deno task data fails in one line that names what is wrong", () =>
  withFolder(async (folder) => {
    const tar = await madeTarGz(parts.eval);
    await writeFiles(folder, {
      "text.tar.gz": new TextEncoder().encode("hello"),
      "cut.tar.gz": tar.subarray(0, tar.length - 100),
      "good.tar.gz": tar,
      "photos/a.jpg": new Uint8Array(9),
    });
    await Deno.mkdir(`${folder}/empty`);
    const at = (name: string) => ["--from", `${folder}/${name}`, "--dir", `${folder}/set`];
    for (
      const [args, expected, problem] of [
        [at("text.tar.gz"), 1, "text.tar.gz: must be a zip, a .tar.gz or a folder"],
        [at("cut.tar.gz"), 1, "cut.tar.gz: the archive is damaged after"],
        [at("empty"), 1, "empty: must hold pictures"],
        [at("none.zip"), 1, "none.zip: no such file or folder"],
        [at("photos"), 1, "at most 1% of 1 images may be unreadable, got 1 so far, the last a.jpg"],
        [[...at("good.tar.gz"), "--size", "32"], 2, "Cannot use --size: Tiny ImageNet has images"],
        [[...at("photos"), `${folder}/good.tar.gz`], 2, "must be one folder and nothing else"],
        [[...at("photos"), "--size", "4"], 2, "Cannot use --size: must be a whole number, 8 to"],
        [["--form", "x"], 2, "--form"],
      ] as const
    ) {
      const { code, stdout, stderr } = await runTask("data", [...args]);
      const line = stderr.trimEnd().split("\n").at(-1)!;
      assert(line.startsWith("data: "), stderr);
      assertStringIncludes(line, problem);
      assertEquals([code, stdout], [expected, ""], stderr);
    }
  }));

Deno.test("deno task data does not download what is there, nor over another set", () =>
  withFolder(async (folder) => {
    const index = { format: 1, dataset: "photographs", sizePx: 16, splits: {} };
    await writeFiles(folder, { "index.json": new TextEncoder().encode(JSON.stringify(index)) });
    const { code, stderr } = await runTask("data", ["--dir", folder]);
    assertStringIncludes(stderr, "it holds photographs at 16x16; choose another --dir");
    assertEquals(code, 1);
  }));

Deno.test("deno task data --help tells flags and examples", async () => {
  const { code, stdout } = await runTask("data", ["--help"]);
  for (const text of ["--from SOURCE", "--dir DIR", "--size N", "deno task data --from"]) {
    assertStringIncludes(stdout, text);
  }
  assertEquals(code, 0);
});
