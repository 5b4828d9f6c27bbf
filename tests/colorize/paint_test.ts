import { assert, assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import { Image } from "imagescript";
import { labToRgba, rgbToLab } from "../../src/color/lab.ts";
import { upsampleEdgeAware } from "../../src/colorize/edge_aware_upsample.ts";
import { fitGamut } from "../../src/colorize/fit_gamut.ts";
import { paint } from "../../src/colorize/paint.ts";
import { SeededRandom } from "../random.ts";

/** Two bands and a half. */
const [WIDTH, HEIGHT] = [600, 140];

function noisyPicture(): Image {
  const image = new Image(WIDTH, HEIGHT);
  const values = new SeededRandom(4).values(4 * WIDTH * HEIGHT);
  image.bitmap.set(values.map((value) => 128 + 100 * value));
  return image;
}

function smallPlanes() {
  const random = new SeededRandom(5);
  return {
    widthPx: 30,
    heightPx: 8,
    lightness: random.values(240).map((value) => 50 + 40 * value),
    ab: random.values(480).map((value) => 80 * value),
  };
}

Deno.test("paint() gives what whole planes would give, and the same alpha", () => {
  const image = noisyPicture();
  const full = { widthPx: WIDTH, heightPx: HEIGHT };
  const { lightness } = rgbToLab(image.bitmap, 4);
  const ab = upsampleEdgeAware(smallPlanes(), lightness, full);
  fitGamut({ lightness, ab });
  const expected = image.clone();
  labToRgba({ lightness, ab }, expected.bitmap);
  const before = image.bitmap.slice();
  assertEquals(paint(image, smallPlanes()).bitmap, expected.bitmap);
  assertEquals(image.bitmap, before);
  assertStrictEquals(paint(image, smallPlanes(), { inPlace: true }), image);
  assertEquals(image.bitmap, expected.bitmap);
});

Deno.test("paint() keeps the colors of points, also at the border of two bands", () => {
  const image = new Image(WIDTH, HEIGHT).fill(0x909090ff);
  for (const y of [20, 54, 55, HEIGHT - 1]) {
    const point = { x: 301, y, rgb: [180, 140, 120] as const };
    const painted = paint(image, smallPlanes(), { points: [point] });
    const at = 4 * (y * WIDTH + 301);
    const lab = (rgb: ArrayLike<number>) => rgbToLab(Uint8Array.from(rgb), 3).ab;
    const [wanted, got] = [lab(point.rgb), lab(painted.bitmap.subarray(at, at + 3))];
    assertAlmostEquals(got[0]!, wanted[0]!, 1);
    assertAlmostEquals(got[1]!, wanted[1]!, 1);
    const above = 4 * ((y - 1) * WIDTH + 301);
    assert(Math.abs(painted.bitmap[above]! - painted.bitmap[at]!) < 8, "no seam");
  }
});
