import { assert, assertEquals } from "@std/assert";
import { Image } from "imagescript";
import { rgbToLightness } from "../../src/color/lab.ts";
import { makeSmallCopy } from "../../src/colorize/small_copy.ts";
import { SeededRandom } from "../random.ts";
import { largestError } from "../tolerance.ts";

function noisy(widthPx: number, heightPx: number): Image {
  const image = new Image(widthPx, heightPx);
  const values = new SeededRandom(1).values(4 * widthPx * heightPx);
  image.bitmap.set(values.map((value) => 128 + 120 * value));
  return image;
}

Deno.test("makeSmallCopy() has twice the sides in a closer look", () => {
  const image = noisy(48, 32); // with a closer look of its own size
  const { small, lightness, closer } = makeSmallCopy(image, { sizePx: 16, closer: true });
  assertEquals(small, { widthPx: 24, heightPx: 16 });
  assertEquals(lightness.length, 24 * 16);
  assert(largestError(closer!, rgbToLightness(image.bitmap, 4)) < 1e-4);
});

Deno.test("makeSmallCopy() takes no closer look unasked, without more detail, or beyond the limit", () => {
  const image = noisy(48, 32);
  assertEquals(makeSmallCopy(image, { sizePx: 16 }).closer, undefined);
  const asked = { sizePx: 16, closer: true };
  assertEquals(makeSmallCopy(noisy(47, 32), asked).closer, undefined);
  const pixels = 48 * 32;
  assertEquals(makeSmallCopy(image, { ...asked, maxPixels: pixels }).closer?.length, pixels);
  const { small, closer } = makeSmallCopy(image, { ...asked, maxPixels: pixels - 1 });
  assertEquals({ small, closer }, { small: { widthPx: 24, heightPx: 16 }, closer: undefined });
});
