import { assertEquals, assertThrows } from "@std/assert";
import { smallSize } from "../../src/colorize/small_size.ts";

const OPTIONS = { sizePx: 64, sizeMultiple: 8 };

Deno.test("smallSize() keeps a training image's size", () => {
  assertEquals(smallSize({ widthPx: 64, heightPx: 64 }, OPTIONS), { widthPx: 64, heightPx: 64 });
});

Deno.test("smallSize() gives the short side its size and keeps the aspect", () => {
  const photo = smallSize({ widthPx: 1024, heightPx: 683 }, OPTIONS);
  assertEquals(photo, { widthPx: 96, heightPx: 64 }); // 95.95 by aspect
  const portrait = smallSize({ widthPx: 600, heightPx: 800 }, { sizePx: 100, sizeMultiple: 1 });
  assertEquals(portrait, { widthPx: 100, heightPx: 133 });
});

Deno.test("smallSize() rounds both sides to the multiple, at least one", () => {
  const rounded = smallSize({ widthPx: 100, heightPx: 100 }, { sizePx: 61, sizeMultiple: 8 });
  assertEquals(rounded, { widthPx: 64, heightPx: 64 });
  const tiny = smallSize({ widthPx: 500, heightPx: 400 }, { sizePx: 2, sizeMultiple: 8 });
  assertEquals(tiny, { widthPx: 8, heightPx: 8 });
});

Deno.test("smallSize() bounds the long side of extreme aspects", () => {
  assertEquals(smallSize({ widthPx: 1, heightPx: 5000 }, OPTIONS), { widthPx: 8, heightPx: 512 });
  assertEquals(smallSize({ widthPx: 800, heightPx: 50 }, OPTIONS), { widthPx: 512, heightPx: 32 });
  assertEquals(smallSize({ widthPx: 1, heightPx: 1 }, OPTIONS), { widthPx: 64, heightPx: 64 });
});

Deno.test("smallSize() refuses a size that is no positive whole number", () => {
  for (const sizePx of [0, -64, 1.5, NaN, Infinity]) {
    assertThrows(
      () => smallSize({ widthPx: 9, heightPx: 9 }, { sizePx, sizeMultiple: 8 }),
      RangeError,
      `got ${sizePx}`,
    );
  }
});
