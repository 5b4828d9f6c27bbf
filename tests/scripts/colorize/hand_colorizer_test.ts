/** `deno task colorize --method geodesic|optimization` as its user meets it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Image } from "imagescript";
import { handColorizer } from "../../../scripts/colorize/hand_colorizer.ts";
import { decodeImage } from "../../../src/image/decode.ts";
import { encodeImage } from "../../../src/image/encode.ts";
import { makePaletteFolder } from "../../colorize/palette_model.ts";
import { runTask } from "../run_task.ts";

void handColorizer; // what the command runs

const folder = await Deno.makeTempDir({ prefix: "polychromify-hand-" });
const modelsDir = await makePaletteFolder();
addEventListener("unload", () => {
  for (const dir of [folder, modelsDir]) Deno.removeSync(dir, { recursive: true });
});

/** Two gray halves. */
const WIDTH = 60, HEIGHT = 40;
const photo = new Image(WIDTH, HEIGHT);
for (let at = 0; at < WIDTH * HEIGHT; at++) {
  const gray = at % WIDTH < WIDTH / 2 ? 90 : 180;
  photo.bitmap.set([gray, gray, gray, 255], 4 * at);
}
await Deno.writeFile(`${folder}/photo.png`, await encodeImage(photo, { format: "png" }));

const strokes = new Image(WIDTH, HEIGHT);
strokes.bitmap.fill(0);
for (let y = 10; y < 30; y++) {
  strokes.bitmap.set([120, 80, 80, 255], 4 * (y * WIDTH + 10));
  strokes.bitmap.set([160, 185, 210, 255], 4 * (y * WIDTH + 45));
}
await Deno.writeFile(`${folder}/strokes.png`, await encodeImage(strokes, { format: "png" }));

const colorize = (...args: string[]) =>
  runTask("colorize", [`${folder}/photo.png`, "-o", `${folder}/out.png`, ...args]);

/** Red less blue, on the left and on the right. */
async function warmth(): Promise<[left: number, right: number]> {
  const { bitmap } = await decodeImage(await Deno.readFile(`${folder}/out.png`));
  const at = (x: number) => 4 * (20 * WIDTH + x);
  return [bitmap[at(5)]! - bitmap[at(5) + 2]!, bitmap[at(55)]! - bitmap[at(55) + 2]!];
}

for (const method of ["geodesic", "optimization"]) {
  Deno.test(`colorize --method ${method} spreads points and strokes, and starts no device`, async () => {
    const points = ["--point", "10,20,#785050", "--point", "45,20,#a0b9d2"];
    for (const given of [points, ["--strokes", `${folder}/strokes.png`]]) {
      const { code, stderr } = await colorize("--method", method, ...given);
      assertEquals(code, 0, stderr);
      assert(!stderr.includes("device:"), stderr);
      const [left, right] = await warmth();
      assert(left > 25 && right < -25, `${left}, ${right}`);
    }
  });
}

Deno.test("colorize --keep-rest corrects a network's colors near the points alone", async () => {
  const model = ["--models", modelsDir, "--backend", "wasm"];
  assertEquals((await colorize(...model)).code, 0);
  const [, network] = await warmth();
  const flags = ["--method", "geodesic", "--keep-rest", "--point", "10,20,#785050"];
  const { code, stderr } = await colorize(...model, ...flags);
  assertEquals(code, 0, stderr);
  const [left, right] = await warmth();
  assert(left > 25, `${left}`);
  assert(Math.abs(right - network) <= 3, `${right}, the network's ${network}`);
});

Deno.test("colorize never overwrites strokes or points", async () => {
  await Deno.writeTextFile(`${folder}/points.png`, '[{"x":10,"y":20,"color":"#785050"}]');
  for (const [flag, name] of [["--strokes", "strokes.png"], ["--points", "points.png"]] as const) {
    const path = `${folder}/${name}`;
    const before = await Deno.readFile(path);
    const { code, stderr } = await colorize("--method", "geodesic", flag, path, "-o", path);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "must not be one of the files to read");
    assertEquals(await Deno.readFile(path), before);
  }
});

Deno.test("colorize --method refuses what it cannot do, with 2 or 1", async () => {
  const point = ["--point", "10,20,#785050"];
  const cases: [string[], number, string][] = [
    [["--method", "geodesic"], 2, "needs --point, --points or --strokes"],
    [["--method", "paint", ...point], 2, "must be one of network, geodesic, optimization"],
    [["--keep-rest", ...point], 2, "must be geodesic or optimization with --keep-rest"],
    [["--method", "geodesic", ...point, "--candidates", "2"], 2, "--candidates"],
    [["--method", "geodesic", ...point, "--vividness", "1"], 2, "--vividness with --method"],
    [["--method", "geodesic", ...point, "--model", "palette"], 2, "--model with --method"],
    [["--method", "geodesic", ...point, "--size", "64"], 2, "--size with --method"],
    [["--method", "geodesic", "--point", "99,1,#785050"], 1, "99"],
    [["--method", "geodesic", "--strokes", `${folder}/none.png`], 1, "none.png"],
  ];
  for (const [args, expected, detail] of cases) {
    const { code, stderr } = await colorize(...args);
    assertEquals(code, expected, stderr);
    assertStringIncludes(stderr, detail);
  }
});
