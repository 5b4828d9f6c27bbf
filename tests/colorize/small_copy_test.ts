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

Deno.test("makeSmallCopy() has more detail in closer looks", () => {
  const image = noisy(48, 32); // the closest look has its own size
  const { small, lightness, closer } = makeSmallCopy(image, { sizePx: 16, closer: true });
  assertEquals(small, { widthPx: 24, heightPx: 16 });
  assertEquals(lightness.length, 24 * 16);
  assertEquals(closer!.map(({ length }) => length), [36 * 24, 48 * 32]);
  assert(largestError(closer![1]!, rgbToLightness(image.bitmap, 4)) < 1e-4);
});

Deno.test("makeSmallCopy() takes no closer looks unasked, without more detail, or beyond the limit", () => {
  const image = noisy(48, 32);
  assertEquals(makeSmallCopy(image, { sizePx: 16 }).closer, undefined);
  const asked = { sizePx: 16, closer: true };
  assertEquals(makeSmallCopy(noisy(47, 32), asked).closer, undefined);
  const pixels = 48 * 32;
  assertEquals(makeSmallCopy(image, { ...asked, maxPixels: pixels }).closer?.length, 2);
  const { small, closer } = makeSmallCopy(image, { ...asked, maxPixels: pixels - 1 });
  assertEquals({ small, closer }, { small: { widthPx: 24, heightPx: 16 }, closer: undefined });
});
