import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { Image } from "imagescript";
import { dirname } from "node:path";
import { decodeImage } from "../../src/image/decode.ts";
import { encodeImage, type OutputFormat } from "../../src/image/encode.ts";
import { sniffFormat } from "../../src/image/sniff.ts";
import { makeModelsFolder } from "../colorize/model_folder.ts";
import { makeLink } from "../links.ts";
import { runTaskIn } from "./run_task.ts";

const modelsDir = await makeModelsFolder();
addEventListener("unload", () => Deno.removeSync(modelsDir, { recursive: true }));

async function colorize(cwd: string, args: string[], models = ["--model", "mean"]) {
  const flags = ["--models", modelsDir, "--backend", "wasm", ...models];
  const { code, stdout, stderr } = await runTaskIn(cwd, "colorize", [...flags, ...args]);
  return { code, written: stdout.trim().split("\n").filter(Boolean), stderr };
}

/** Makes a folder with gray pictures of the given names, 40 x 30. */
async function makePhotos(...names: string[]): Promise<string> {
  const dir = await Deno.makeTempDir({ prefix: "polychromify-photos-" });
  for (const name of names) {
    const format = (name.endsWith(".jpg") ? "jpeg" : name.split(".").pop()) as OutputFormat;
    await Deno.mkdir(dirname(`${dir}/${name}`), { recursive: true });
    const picture = await encodeImage(new Image(40, 30).fill(0x777777ff), { format });
    await Deno.writeFile(`${dir}/${name}`, picture);
  }
  return dir;
}

async function withPhotos(names: string[], test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await makePhotos(...names);
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function listFiles(dir: string): string[] {
  return [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
}

Deno.test("colorize writes beside the photo, in its format, and leaves it as it is", () =>
  withPhotos(["photo.jpg"], async (dir) => {
    const before = await Deno.readFile(`${dir}/photo.jpg`);
    const { code, written, stderr } = await colorize(dir, ["photo.jpg"]);
    assertEquals([code, written], [0, ["photo-color.jpg"]], stderr);
    assertStringIncludes(stderr, "device: CPU");
    const output = await Deno.readFile(`${dir}/photo-color.jpg`);
    assertEquals(sniffFormat(output), "jpeg");
    const [red, , blue] = (await decodeImage(output)).bitmap;
    assertEquals(red! > blue! + 5, true, "the mean color is warm");
    assertEquals(await Deno.readFile(`${dir}/photo.jpg`), before);
    assertEquals(listFiles(dir), ["photo-color.jpg", "photo.jpg"]); // no temporary file is left
  }));

Deno.test("colorize writes one photo to the file, or into the folder, that -o names", () =>
  withPhotos(["photo.jpg"], async (dir) => {
    const file = await colorize(dir, ["photo.jpg", "-o", "new/out.webp"]);
    assertEquals([file.code, file.written], [0, ["new/out.webp"]], file.stderr);
    assertEquals(sniffFormat(await Deno.readFile(`${dir}/new/out.webp`)), "webp");
    const folder = await colorize(dir, ["photo.jpg", "-o", "made/", "--format", "png"]);
    assertEquals(folder.written, ["made/photo.png"], folder.stderr);
    const existing = await colorize(dir, ["photo.jpg", "-o", "made"]);
    assertEquals(existing.written, ["made/photo.jpg"], existing.stderr);
  }));

Deno.test("colorize takes files, folders and patterns, each photo once, names kept", () =>
  withPhotos(["a/1.jpg", "a/2.png", "b/1.jpg", "b/deep/3.png", "c.jpg"], async (dir) => {
    await Deno.writeTextFile(`${dir}/a/notes.txt`, "no picture");
    const { code, written, stderr } = await colorize(
      dir,
      ["a", "c.jpg", "./c.jpg", "b/**/*.{jpg,png}", "-o", "out"],
    );
    assertEquals(code, 0, stderr);
    // b/1.jpg does not overwrite the result of a/1.jpg.
    const expected = ["out/1.jpg", "out/2.png", "out/c.jpg", "out/1-2.jpg", "out/3.png"];
    assertEquals(written, expected);
    assertEquals(listFiles(`${dir}/out`), ["1-2.jpg", "1.jpg", "2.png", "3.png", "c.jpg"]);
  }));

Deno.test("colorize leaves its own earlier results in a folder out", () =>
  withPhotos(["a/1.jpg", "a/sky-color.jpg"], async (dir) => {
    const first = await colorize(dir, ["a"]);
    assertEquals(first.written, ["a/1-color.jpg", "a/sky-color-color.jpg"], first.stderr);
    assertEquals((await colorize(dir, ["a"])).written, first.written);
  }));

Deno.test("colorize reports each bad file, does the rest, and ends with 1", () =>
  withPhotos(["good.png", "other.png"], async (dir) => {
    await Deno.writeTextFile(`${dir}/text.jpg`, "just text");
    await Deno.writeFile(`${dir}/cut.png`, (await Deno.readFile(`${dir}/good.png`)).slice(0, 60));
    const args = ["text.jpg", "good.png", "missing.jpg", "cut.png", "*.gif", "other.png"];
    const { code, written, stderr } = await colorize(dir, [...args, "-o", "out"]);
    assertEquals([code, written], [1, ["out/good.png", "out/other.png"]], stderr);
    assertStringIncludes(stderr, "colorize: Cannot decode text.jpg: ");
    assertStringIncludes(stderr, "colorize: Cannot decode cut.png: ");
    assertStringIncludes(stderr, "colorize: Cannot colorize missing.jpg: there is no such file\n");
    assertStringIncludes(stderr, "colorize: Cannot colorize *.gif: must hold pictures, got none\n");
  }));

Deno.test("colorize never overwrites a photo, whatever path or link leads to it", () =>
  withPhotos(["a.jpg", "sub/b.jpg", "c-color.jpg", "c.jpg"], async (dir) => {
    await makeLink(`${dir}/a.jpg`, `${dir}/soft.jpg`);
    await Deno.link(`${dir}/a.jpg`, `${dir}/hard.jpg`);
    await makeLink(dir, `${dir}/sub/here`);
    const before = await Deno.readFile(`${dir}/a.jpg`);
    for (const output of ["a.jpg", "./sub/../a.jpg", "soft.jpg", "hard.jpg", "sub/here/a.jpg"]) {
      const { code, written, stderr } = await colorize(dir, ["a.jpg", "-o", output]);
      assertEquals([code, written], [1, []], output);
      assertStringIncludes(stderr, `Cannot write ${output}: must not be one of the files to read`);
    }
    const folder = await colorize(dir, ["a.jpg", "c.jpg", "-o", "."]);
    assertEquals([folder.code, folder.written], [1, []]);
    // What is an input of the same run is none to write to either.
    const both = await colorize(dir, ["c.jpg", "c-color.jpg"]);
    assertEquals([both.code, both.written], [1, ["c-color-color.jpg"]], both.stderr);
    assertEquals(await Deno.readFile(`${dir}/a.jpg`), before);
    assertEquals(await Deno.readFile(`${dir}/hard.jpg`), before);
    assertEquals(await Deno.readLink(`${dir}/soft.jpg`), `${dir}/a.jpg`);
  }));

Deno.test("colorize replaces an earlier output", () =>
  withPhotos(["photo.png"], async (dir) => {
    await Deno.writeTextFile(`${dir}/out.png`, "older");
    const { code, stderr } = await colorize(dir, ["photo.png", "-o", "out.png"]);
    assertEquals(code, 0, stderr);
    assertEquals(sniffFormat(await Deno.readFile(`${dir}/out.png`)), "png");
  }));

Deno.test("colorize names an output that cannot be written and leaves nothing half done", () =>
  withPhotos(["photo.png"], async (dir) => {
    await Deno.mkdir(`${dir}/taken.png`);
    await Deno.mkdir(`${dir}/taken.png/photo.png`);
    const taken = await colorize(dir, ["photo.png", "-o", "taken.png"]);
    assertEquals(taken.code, 1);
    assertStringIncludes(taken.stderr, "Cannot write taken.png/photo.png: must be a file");
    const below = await colorize(dir, ["photo.png", "-o", "photo.png/out.png"]);
    assertEquals(below.code, 1);
    assertStringIncludes(below.stderr, "Cannot write photo.png/out.png: ");
    assertEquals(listFiles(dir), ["photo.png", "taken.png"]);
  }));

Deno.test("colorize hands on model, size and quality", () =>
  withPhotos(["photo.jpg"], async (dir) => {
    const outputs: string[] = [];
    for (const flags of [[], ["--size", "8"], ["--quality", "20"]]) {
      const args = ["photo.jpg", "-o", "out.jpg", ...flags];
      const { code, stderr } = await colorize(dir, args, ["--model", "tiny"]);
      assertEquals(code, 0, stderr);
      outputs.push((await Deno.readFile(`${dir}/out.jpg`)).join());
    }
    assertNotEquals(outputs[0], outputs[1]);
    assertNotEquals(outputs[0], outputs[2]);
  }));

Deno.test("colorize refuses wrong usage with 2 and one line", () =>
  withPhotos(["a.jpg", "b.jpg"], async (dir) => {
    const cases: [string[], string][] = [
      [[], "missing PHOTO"],
      [["a.jpg", "--size", "0"], "--size: must be a whole number, 8 to 1024, got 0"],
      [["a.jpg", "--quality", "101"], "--quality: must be a whole number, 1 to 100, got 101"],
      [["a.jpg", "--format", "bmp"], "must be one of png, jpeg, webp, avif, got bmp"],
      [["a.jpg", "--backend", "tpu"], "must be one of auto, webgpu, wasm, got tpu"],
      [["a.jpg", "-o", "out.bmp"], "must end in one of png, jpeg, webp, avif"],
      [["a.jpg", "-o", "out.jpg", "--format", "png"], "--format: must fit --out out.jpg, got png"],
      [["a.jpg", "-o", ""], "--out: must be a path"],
      [["a.jpg", "b.jpg", "-o", "b.jpg"], "must be a folder for several photos, got b.jpg"],
      [["a.jpg", "--token-file", "token"], "--token-file: needs --server URL, got none"],
      [["a.jpg", "--colour"], "--colour"],
    ];
    for (const [args, detail] of cases) {
      const { code, stderr } = await colorize(dir, args);
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, detail);
      assertMatch(stderr, /^colorize: [^\n]*\n$/);
    }
    assertEquals(listFiles(dir), ["a.jpg", "b.jpg"]);
  }));

Deno.test("colorize ends with 1 for a model that is not there", () =>
  withPhotos(["a.jpg"], async (dir) => {
    const { code, stderr } = await colorize(dir, ["a.jpg"], ["--model", "nothing"]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, 'must be one of mean, tiny, untrained, got "nothing"');
  }));
