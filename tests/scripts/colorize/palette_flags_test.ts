/** The flags of `deno task colorize` that steer colors. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { Image } from "imagescript";
import { rgbToLab } from "../../../src/color/lab.ts";
import { startBackend } from "../../../src/backend/start.ts";
import { abOfPoint } from "../../../src/hint/color_points.ts";
import { decodeImage } from "../../../src/image/decode.ts";
import { encodeImage } from "../../../src/image/encode.ts";
import { makePaletteFolder } from "../../colorize/palette_model.ts";
import { runTaskIn } from "../run_task.ts";

await startBackend("wasm");
const modelsDir = await makePaletteFolder();
const dir = await Deno.makeTempDir({ prefix: "polychromify-photo-" });
addEventListener("unload", () => {
  Deno.removeSync(modelsDir, { recursive: true });
  Deno.removeSync(dir, { recursive: true });
});

const photo = new Image(60, 40);
for (let at = 0; at < 2400; at++) {
  const gray = 90 + at % 60 + Math.floor(at / 60);
  photo.bitmap.set([gray, gray, gray, 255], 4 * at);
}
await Deno.writeFile(`${dir}/photo.png`, await encodeImage(photo, { format: "png" }));

async function colorize(...args: string[]) {
  const flags = ["--models", modelsDir, "--model", "palette", "--backend", "wasm"];
  return await runTaskIn(dir, "colorize", [...flags, ...args]);
}

async function readPixels(name: string): Promise<Uint8ClampedArray> {
  return (await decodeImage(await Deno.readFile(`${dir}/${name}`))).bitmap;
}

Deno.test("colorize --point paints a point's color at its place; --points reads a file", async () => {
  const { code, stderr } = await colorize("photo.png", "--point", "30,20,#9a7060,4", "-o", "p.png");
  assertEquals(code, 0, stderr);
  const { ab } = rgbToLab(await readPixels("p.png"), 4);
  const [a, b] = abOfPoint({ x: 0, y: 0, rgb: [0x9a, 0x70, 0x60] });
  const at = 2 * (20 * 60 + 30);
  assert(Math.hypot(ab[at]! - a, ab[at + 1]! - b) < 3, `${ab[at]}, ${ab[at + 1]}`);
  const json = '[{ "x": 30, "y": 20, "color": "#9a7060", "radius": 4 }]';
  await Deno.writeTextFile(`${dir}/points.json`, json);
  await colorize("photo.png", "--points", "points.json", "-o", "q.png");
  assertEquals(await readPixels("q.png"), await readPixels("p.png"));
});

Deno.test("colorize --candidates writes different pictures, --uncertainty a map", async () => {
  const args = ["photo.png", "--candidates", "3", "--uncertainty", "-o", "c.png"];
  const { code, stdout, stderr } = await colorize(...args);
  assertEquals(code, 0, stderr);
  const names = ["c.png", "c-candidate2.png", "c-candidate3.png", "c-uncertainty.png"];
  assertEquals(stdout.trim().split("\n"), names);
  const [one, two, three, map] = await Promise.all(names.map(readPixels));
  assertNotEquals(one, two);
  assertNotEquals(two, three);
  assertEquals(map!.filter((_, i) => i % 4 === 0), map!.filter((_, i) => i % 4 === 2));
});

Deno.test("colorize --vividness changes the colors", async () => {
  for (const vividness of ["0", "1"]) {
    await colorize("photo.png", "--vividness", vividness, "-o", `v${vividness}.png`);
  }
  assertNotEquals(await readPixels("v0.png"), await readPixels("v1.png"));
});

Deno.test("colorize --suggest prints colors with their likelihood and writes nothing", async () => {
  const before = [...Deno.readDirSync(dir)].length;
  const { code, stdout } = await colorize("photo.png", "--suggest", "10,12");
  assertEquals(code, 0);
  assertMatch(stdout, /^(#[0-9a-f]{6} \d+%\n)+$/);
  assertEquals([...Deno.readDirSync(dir)].length, before);
});

Deno.test("colorize refuses what does not fit, naming flag, rule and value", async () => {
  const refused = [
    [["--vividness", "2"], "Cannot use --vividness: must be a number, 0 to 1, got 2"],
    [
      ["--point", "1,2,red"],
      'Cannot use --point: Cannot read color point: color must be #rrggbb, got "red"',
    ],
    [["--candidates", "17"], "Cannot use --candidates: must be a whole number, 1 to 16, got 17"],
    [["--suggest", "a,b"], "Cannot use --suggest: must be X,Y in whole pixels, got a,b"],
  ] as const;
  for (const [flags, message] of refused) {
    const { code, stderr } = await colorize("photo.png", ...flags);
    assertEquals(code, 2);
    assertStringIncludes(stderr, message);
  }
  const outside = await colorize("photo.png", "--point", "60,0,#112233");
  assertEquals(outside.code, 1);
  assertStringIncludes(outside.stderr, "x must lie in 0..59, got 60");
  const two = await colorize("photo.png", "p.png", "--point", "1,1,#112233", "-o", "out/");
  assertStringIncludes(two.stderr, "Cannot use --point: needs exactly one PHOTO, got 2");
  const missing = await colorize("missing.png", "--point", "1,1,#112233");
  assertEquals(missing.code, 1);
  assertStringIncludes(missing.stderr, "missing.png: there is no such file");
});

Deno.test("colorize leaves earlier candidates and maps in a folder out; none overwrites another", async () => {
  await Deno.mkdir(`${dir}/album`);
  for (const name of ["a.png", "a.tif"]) {
    await Deno.copyFile(`${dir}/photo.png`, `${dir}/album/${name}`);
  }
  const first = await colorize("album", "--candidates", "2", "--uncertainty", "--size", "8");
  assertEquals(first.code, 0, first.stderr);
  const written = first.stdout.trim().split("\n");
  assertEquals(new Set(written).size, 6);
  const again = await colorize("album", "--candidates", "2", "--uncertainty", "--size", "8");
  assertEquals(again.stdout.trim().split("\n"), written);
});
