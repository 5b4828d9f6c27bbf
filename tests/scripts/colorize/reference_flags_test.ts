/** The flags of `deno task colorize` for colors of another picture. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Image } from "imagescript";
import { chromaDistance } from "../../../src/color/chroma_distance.ts";
import { rgbToLab } from "../../../src/color/lab.ts";
import { startBackend } from "../../../src/backend/start.ts";
import { decodeImage } from "../../../src/image/decode.ts";
import { encodeImage } from "../../../src/image/encode.ts";
import { paintScene, SCENE_PALETTES, withoutColors } from "../../colorize/made_scene.ts";
import { makePaletteFolder } from "../../colorize/palette_model.ts";
import { runTaskIn } from "../run_task.ts";

await startBackend("wasm");
const modelsDir = await makePaletteFolder();
const dir = await Deno.makeTempDir({ prefix: "polychromify-reference-" });
addEventListener("unload", () => {
  Deno.removeSync(modelsDir, { recursive: true });
  Deno.removeSync(dir, { recursive: true });
});

const photo = withoutColors(paintScene(SCENE_PALETTES.summer, { seed: 1 }));
const other = withoutColors(paintScene(SCENE_PALETTES.snow, { seed: 2 }));
const sunset = paintScene(SCENE_PALETTES.sunset, { seed: 3 });
for (const [name, image] of Object.entries({ photo, other, sunset, gray: other })) {
  await Deno.writeFile(`${dir}/${name}.png`, await encodeImage(image, { format: "png" }));
}
await Deno.writeTextFile(`${dir}/text.jpg`, "no picture");

async function colorize(...args: string[]) {
  const flags = ["--models", modelsDir, "--backend", "wasm"];
  return await runTaskIn(dir, "colorize", [...flags, ...args]);
}

async function read(name: string): Promise<Image> {
  return await decodeImage(await Deno.readFile(`${dir}/${name}`));
}

function abOf({ bitmap }: Image): Float32Array {
  return rgbToLab(bitmap, 4).ab;
}

Deno.test("colorize --reference gives several photos the colors of another picture", async () => {
  const { code, stdout, stderr } = await colorize(
    ...["photo.png", "other.png", "-o", "out/", "--reference", "sunset.png"],
  );
  assertEquals([code, stdout], [0, "out/photo.png\nout/other.png\n"], stderr);
  assertStringIncludes(stderr, "device: CPU");
  for (const name of ["photo", "other"]) {
    const [before, after] = [await read(`${name}.png`), await read(`out/${name}.png`)];
    const [far, near] = [before, after].map((image) => chromaDistance(abOf(image), abOf(sunset)));
    assert(near! < 0.2 * far!, `${near} against ${far}`);
  }
});

Deno.test("colorize --transfer welsh needs neither a device nor a model, and has a seed", async () => {
  const run = async (...args: string[]) => {
    const welsh = ["photo.png", "--reference", "sunset.png", "--transfer", "welsh"];
    const { code, stderr } = await colorize(...welsh, "--models", "nowhere", ...args);
    assertEquals(code, 0, stderr);
    assertEquals(stderr.includes("device"), false, stderr);
    return (await read("photo-color.png")).bitmap.join();
  };
  const first = await run();
  assertEquals(await run("--seed", "0"), first);
  assert(await run("--seed", "1") !== first);
});

Deno.test("colorize --swatch colors a part as it is told", async () => {
  // The top of the sky gets the colors of the ground at the bottom.
  const { code, stderr } = await colorize(
    ...["photo.png", "-o", "swatch.png", "--reference", "sunset.png", "--transfer", "welsh"],
    ...["--swatch", "0,0,120,12=0,70,120,20"],
  );
  assertEquals(code, 0, stderr);
  const ab = abOf(await read("swatch.png"));
  const ground = abOf(sunset).subarray(2 * 120 * 70);
  const mean = (planes: Float32Array, offset: number) =>
    planes.reduce((sum, value, i) => sum + (i % 2 === offset ? value : 0), 0) * 2 / planes.length;
  for (const offset of [0, 1]) {
    assert(Math.abs(mean(ab.subarray(0, 2 * 120 * 12), offset) - mean(ground, offset)) < 3);
  }
});

Deno.test("colorize --reference never overwrites the reference", async () => {
  const before = await Deno.readFile(`${dir}/sunset.png`);
  const { code, stderr } = await colorize(
    ...["photo.png", "-o", "sunset.png", "--reference", "./sunset.png", "--transfer", "welsh"],
  );
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Cannot write sunset.png: must not be one of the files to read");
  assertEquals(await Deno.readFile(`${dir}/sunset.png`), before);
});

Deno.test("colorize --reference names a reference that cannot serve, and a swatch that does not fit", async () => {
  const welsh = ["--transfer", "welsh"];
  const cases: [string[], string][] = [
    [["missing.png"], "Cannot use --reference missing.png: No such file"],
    [["text.jpg"], "Cannot use --reference text.jpg: Cannot decode text.jpg: must be PNG"],
    [["gray.png"], "Cannot use --reference gray.png: Cannot transfer colors: the reference must"],
    [["gray.png", ...welsh], "must have colors, got a gray picture"],
    [["sunset.png", "--model", "nothing"], "must be one of gray, palette, got"],
    [["sunset.png", ...welsh, "--swatch", "0,0,9,91=0,0,9,9"], "must lie in 120 x 90 pixels"],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await colorize("photo.png", "-o", "no.png", "--reference", ...args);
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, message);
  }
});

Deno.test("colorize refuses flags of references that do not go together with 2 and one line", async () => {
  const reference = ["--reference", "sunset.png"];
  const cases: [string[], string][] = [
    [["--transfer", "welsh"], "--transfer: needs --reference PICTURE, got none"],
    [["--swatch", "0,0,9,9=0,0,9,9"], "--swatch: needs --reference PICTURE, got none"],
    [["--reference", ""], "--reference: must be a path, got nothing"],
    [
      [...reference, "--transfer", "magic"],
      "--transfer: must be one of features, welsh, got magic",
    ],
    [[...reference, "--swatch", "0,0,9,9=0,0,9,9"], "needs --transfer welsh, got features"],
    [
      [...reference, "--swatch", "0,0,9,9"],
      "--swatch: Cannot read swatch: must be x,y,w,h=x,y,w,h",
    ],
    [
      [...reference, "other.png", "--transfer", "welsh", "--swatch", "0,0,9,9=0,0,9,9"],
      "--swatch: needs exactly one PHOTO, got 2",
    ],
    [[...reference, "--transfer", "welsh", "--model", "palette"], "--model with --transfer"],
    [[...reference, "--transfer", "welsh", "--size", "64"], "--size with --transfer welsh"],
    [[...reference, "--vividness", "1"], "--reference with --vividness: the colors are the"],
    [[...reference, "--point", "1,1,#ff0000"], "--reference with --point:"],
    [[...reference, "--candidates", "2"], "--reference with --candidates:"],
    [[...reference, "--uncertainty"], "--reference with --uncertainty:"],
    [[...reference, "--suggest", "1,1"], "--reference with --suggest:"],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await colorize("photo.png", ...args);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, message);
    assertMatch(stderr, /^colorize: [^\n]*\n$/);
  }
});
