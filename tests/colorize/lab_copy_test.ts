import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Image } from "imagescript";
import { rgbToLab } from "../../src/color/lab.ts";
import { labCopy, labCopyWithin } from "../../src/colorize/lab_copy.ts";

Deno.test("labCopy() averages in sRGB before it converts", () => {
  const image = new Image(2, 1);
  image.bitmap.set([200, 0, 40, 255, 0, 100, 60, 255]);
  const copy = labCopy(image, { widthPx: 1, heightPx: 1 });
  const expected = rgbToLab(Uint8Array.of(100, 50, 50), 3);
  assertEquals([copy.widthPx, copy.heightPx], [1, 1]);
  assertAlmostEquals(copy.lightness[0]!, expected.lightness[0]!, 1e-4);
  assertEquals(copy.ab, expected.ab);
});

Deno.test("labCopyWithin() keeps a picture's size up to a number of pixels, then its aspect", () => {
  const sizes = [[40, 30, 40, 30], [80, 60, 40, 30], [1, 4800, 1, 2400], [40, 31, 39, 30]] as const;
  for (const [width, height, widthPx, heightPx] of sizes) {
    const copy = labCopyWithin(new Image(width, height).fill(0x804020ff), 1200);
    assertEquals([copy.widthPx, copy.heightPx], [widthPx, heightPx]);
    assertEquals(copy.ab.length, 2 * widthPx * heightPx);
  }
});
