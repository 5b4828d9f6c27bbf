import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { Image } from "imagescript";
import { startBackend } from "../../src/backend/start.ts";
import { rgbToLab } from "../../src/color/lab.ts";
import { drawUncertainty, suggestAt } from "../../src/colorize/uncertainty.ts";
import { SeededRandom } from "../random.ts";
import { makePalette } from "./palette_model.ts";

await startBackend("wasm");
const model = makePalette();

function picture(): Image {
  const random = new SeededRandom(4);
  const image = new Image(50, 40);
  for (let at = 0; at < 2000; at++) {
    const gray = random.integer(30, 220);
    image.bitmap.set([gray, gray, gray, 255], 4 * at);
  }
  return image;
}

Deno.test("drawUncertainty() draws a gray picture of the same size, darker near hints", async () => {
  const image = picture();
  const map = await drawUncertainty(image, model);
  assertEquals([map.width, map.height], [50, 40]);
  const grays = map.bitmap.filter((_, i) => i % 4 === 0);
  assertEquals(map.bitmap.filter((_, i) => i % 4 === 2), grays);
  assert(new Set(grays).size > 10, "the map is flat");
  const points = [{ x: 25, y: 20, rgb: [200, 30, 30] as const }];
  assertNotEquals((await drawUncertainty(image, model, { points })).bitmap, map.bitmap);
});

Deno.test("suggestAt() gives colors at the lightness of the place, the likeliest first", async () => {
  const image = picture();
  const colors = await suggestAt(image, model, { x: 11, y: 7, count: 3 });
  assert(colors.length > 0 && colors.length <= 3);
  const [own] = rgbToLab(image.bitmap.subarray(4 * (7 * 50 + 11)), 4).lightness;
  for (const [i, { rgb, share }] of colors.entries()) {
    const [lightness] = rgbToLab(Uint8Array.from(rgb), 3).lightness;
    assertAlmostEquals(lightness!, own!, 1);
    assert(share > 0 && share <= (colors[i - 1]?.share ?? 1), `share ${share}`);
  }
});

Deno.test("suggestAt() refuses places outside the picture", async () => {
  await assertRejects(
    () => suggestAt(picture(), model, { x: 50, y: 0, count: 3 }),
    RangeError,
    "x must lie in 0..49, got 50",
  );
});
