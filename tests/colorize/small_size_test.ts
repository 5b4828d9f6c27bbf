import { assertEquals, assertThrows } from "@std/assert";
import { smallSize } from "../../src/colorize/small_size.ts";

const OPTIONS = { sizePx: 64 };

Deno.test("smallSize() keeps a training image's size", () => {
  assertEquals(smallSize({ widthPx: 64, heightPx: 64 }, OPTIONS), { widthPx: 64, heightPx: 64 });
});

Deno.test("smallSize() gives the short side its size and keeps the aspect", () => {
  const photo = smallSize({ widthPx: 1024, heightPx: 683 }, OPTIONS);
  assertEquals(photo, { widthPx: 96, heightPx: 64 }); // 95.95 by aspect
  const portrait = smallSize({ widthPx: 600, heightPx: 800 }, { sizePx: 100 });
  assertEquals(portrait, { widthPx: 100, heightPx: 134 }); // 133.3
});

Deno.test("smallSize() gives even sides, at least 2", () => {
  const rounded = smallSize({ widthPx: 100, heightPx: 100 }, { sizePx: 61 });
  assertEquals(rounded, { widthPx: 62, heightPx: 62 });
  const tiny = smallSize({ widthPx: 500, heightPx: 400 }, { sizePx: 1 });
  assertEquals(tiny, { widthPx: 2, heightPx: 2 });
});

Deno.test("smallSize() bounds the long side of extreme aspects", () => {
  assertEquals(smallSize({ widthPx: 1, heightPx: 5000 }, OPTIONS), { widthPx: 2, heightPx: 512 });
  assertEquals(smallSize({ widthPx: 800, heightPx: 50 }, OPTIONS), { widthPx: 512, heightPx: 32 });
  assertEquals(smallSize({ widthPx: 1, heightPx: 1 }, OPTIONS), { widthPx: 64, heightPx: 64 });
});

Deno.test("smallSize() keeps the aspect where a copy would have too many pixels", () => {
  const full = { widthPx: 1200, heightPx: 600 };
  const bounded = smallSize(full, { sizePx: 256, maxPixels: 116_983 });
  assertEquals(bounded, { widthPx: 482, heightPx: 240 });
  assertEquals(smallSize(full, { sizePx: 256, maxPixels: 131_072 }), {
    ...{ widthPx: 512, heightPx: 256 },
  });
  const strip = smallSize({ widthPx: 1, heightPx: 5000 }, { sizePx: 256, maxPixels: 4000 });
  assertEquals(strip, { widthPx: 2, heightPx: 2000 });
});

Deno.test("smallSize() refuses a size that is no positive whole number", () => {
  for (const sizePx of [0, -64, 1.5, NaN, Infinity]) {
    assertThrows(
      () => smallSize({ widthPx: 9, heightPx: 9 }, { sizePx }),
      RangeError,
      `got ${sizePx}`,
    );
  }
});
