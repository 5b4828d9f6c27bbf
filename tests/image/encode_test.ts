import { assert, assertEquals, assertRejects } from "@std/assert";
import { Image } from "imagescript";
import sharp from "sharp";
import { decodeImage } from "../../src/image/decode.ts";
import { encodeImage, formatOfPath, mediaType, OUTPUT_FORMATS } from "../../src/image/encode.ts";
import { ImageError } from "../../src/image/errors.ts";
import { sniffFormat } from "../../src/image/sniff.ts";
import { gradient, HEIGHT_PX, maxDifference, WIDTH_PX, withoutAlpha } from "./pictures.ts";

Deno.test("encodeImage() writes each format so that it decodes to the same picture", async () => {
  const largest = { png: 0, jpeg: 6, webp: 24, avif: 12 };
  for (const format of OUTPUT_FORMATS) {
    const bytes = await encodeImage(makeImage(gradient(4)), { format });
    assertEquals(sniffFormat(bytes), format);
    const { bitmap, width, height } = await decodeImage(bytes);
    assertEquals([width, height], [WIDTH_PX, HEIGHT_PX]);
    if (format === "jpeg") continue; // on white: tested below
    const alpha = bitmap.filter((_, i) => i % 4 === 3);
    assert(maxDifference(alpha, gradient(4).filter((_, i) => i % 4 === 3)) <= 4, format);
    const difference = maxDifference(withoutAlpha(bitmap), gradient());
    assert(difference <= largest[format], `${format} differs by ${difference}`);
  }
});

Deno.test("encodeImage() lays pictures on white for JPEG", async () => {
  const image = new Image(8, 8);
  image.bitmap.fill(0);
  const { bitmap } = await decodeImage(await encodeImage(image, { format: "jpeg" }));
  assert(bitmap.every((byte) => byte >= 254));
});

Deno.test("encodeImage() leaves out alpha where every pixel is opaque", async () => {
  for (const format of OUTPUT_FORMATS) {
    const opaque = gradient(4).map((byte, i) => i % 4 === 3 ? 255 : byte);
    const bytes = await encodeImage(makeImage(opaque), { format });
    assertEquals((await sharp(bytes).metadata()).hasAlpha, false, format);
  }
});

Deno.test("encodeImage() keeps the full resolution of color in JPEG and AVIF", async () => {
  const opaque = makeImage(gradient(4).fill(255));
  for (const format of ["jpeg", "avif"] as const) {
    const bytes = await encodeImage(opaque, { format });
    assertEquals((await sharp(bytes).metadata()).chromaSubsampling ?? "4:4:4", "4:4:4", format);
  }
});

Deno.test("encodeImage() makes larger files at higher quality", async () => {
  const image = makeImage(gradient(4));
  for (const format of ["jpeg", "webp", "avif"] as const) {
    const sizes = await Promise.all(
      [10, 95].map(async (quality) => (await encodeImage(image, { format, quality })).length),
    );
    assert(sizes[0]! < sizes[1]!, `${format}: ${sizes}`);
  }
});

Deno.test("encodeImage() refuses a quality outside 1 to 100", async () => {
  for (const quality of [0, 101, 50.5, NaN]) {
    const message = `got ${quality}`;
    const encode = () => encodeImage(makeImage(gradient(4)), { format: "webp", quality });
    await assertRejects(encode, RangeError, message);
  }
});

Deno.test("encodeImage() refuses sides that the format cannot hold", async () => {
  const limits = { jpeg: 65_500, webp: 16_383, avif: 16_384 };
  for (const [format, limit] of Object.entries(limits) as ["jpeg" | "webp" | "avif", number][]) {
    assert((await encodeImage(new Image(limit, 1), { format })).length > 0);
    const encode = () => encodeImage(new Image(limit + 1, 1), { format });
    const error = await assertRejects(encode, ImageError, `${limit} pixels, got ${limit + 1} x 1`);
    assertEquals(error.reason, "too-large");
  }
});

Deno.test("formatOfPath() goes by the extension, in any case", () => {
  const formats = [
    "a.png",
    "b/c.JPG",
    "d.jpeg",
    "e.webp",
    "f.x.AVIF",
    "g.gif",
    "png",
    "h.",
    "i.png/",
  ];
  assertEquals(
    formats.map(formatOfPath),
    ["png", "jpeg", "jpeg", "webp", "avif", undefined, undefined, undefined, undefined],
  );
});

Deno.test("mediaType() names each format as HTTP does", () => {
  assertEquals(OUTPUT_FORMATS.map(mediaType), [
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/avif",
  ]);
});

function makeImage(rgba: Uint8Array): Image {
  const image = new Image(WIDTH_PX, HEIGHT_PX);
  image.bitmap.set(rgba);
  return image;
}
