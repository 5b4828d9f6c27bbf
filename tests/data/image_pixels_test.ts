import { assert, assertEquals, assertRejects } from "@std/assert";
import sharp from "sharp";
import { decodeExact, decodeRgb, squareOf } from "../../src/data/image_pixels.ts";
import { ImageError } from "../../src/image/errors.ts";
import fixture from "../fixtures/jpeg_pil.json" with { type: "json" };
import { madeJpeg } from "./made_images.ts";

Deno.test("decodeExact() gives the pixels that PIL gives, of color and of grayscale", async () => {
  for (const { jpeg, rgb } of [fixture.color, fixture.gray]) {
    const pixels = await decodeExact(Uint8Array.fromBase64(jpeg), fixture.sizePx);
    assertEquals(new Uint8Array(pixels), Uint8Array.fromBase64(rgb));
  }
});

Deno.test("decodeExact() refuses other sizes, other kinds and damaged files", async () => {
  const jpeg = await madeJpeg(1);
  const png = await sharp(jpeg).png().toBuffer();
  await assertRejects(() => decodeExact(jpeg, 32), Error, "limit");
  await assertRejects(() => decodeExact(jpeg, 128), RangeError, "must be 128x128, got 64x64");
  await assertRejects(() => decodeExact(png, 64), TypeError, "must be a JPEG");
  await assertRejects(() => decodeExact(new Uint8Array(0), 64), TypeError, "must be a JPEG");
  for (const bytes of [20, jpeg.length >> 1, jpeg.length - 10]) {
    await assertRejects(() => decodeExact(jpeg.subarray(0, bytes), 64), Error);
  }
});

Deno.test("squareOf() averages the square in the middle, or the box asked for", async () => {
  // Red | green | blue, each 40 wide and 40 high: the middle is green.
  const stripes = Uint8Array.from({ length: 120 * 40 * 3 }, (_, i) => {
    const stripe = Math.floor(Math.floor(i / 3) % 120 / 40);
    return i % 3 === stripe ? 200 : 0;
  });
  const png = await sharp(stripes, { raw: { width: 120, height: 40, channels: 3 } }).png()
    .toBuffer();
  const rgb = squareOf(await decodeRgb(png, "stripes"), { sizePx: 8 });
  assertEquals(rgb.length, 8 * 8 * 3);
  assert(rgb.every((value, i) => value === (i % 3 === 1 ? 200 : 0)));
  const box = { left: 20, top: 5, widthPx: 40, heightPx: 30 };
  const mixed = squareOf(await decodeRgb(png, "stripes"), { sizePx: 2, box });
  assertEquals([...mixed.subarray(0, 6)], [200, 0, 0, 0, 200, 0]);
});

Deno.test("decodeRgb() puts transparent pictures on white, and squareOf() enlarges small ones", async () => {
  const half = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128, 10, 20, 30, 255, 10, 20, 30, 0);
  const png = await sharp(half, { raw: { width: 2, height: 2, channels: 4 } }).png().toBuffer();
  const rgb = squareOf(await decodeRgb(png, "half"), { sizePx: 4 });
  const corner = (pixel: number) => [...rgb.subarray(3 * pixel, 3 * pixel + 3)];
  assertEquals(corner(0), [255, 255, 255]);
  assertEquals(corner(3), [127, 127, 127]);
  assertEquals(corner(12), [10, 20, 30]);
  assertEquals(corner(15), [255, 255, 255]);
});

Deno.test("decodeRgb() names the picture that it cannot decode", async () => {
  const text = new TextEncoder().encode("no picture at all");
  await assertRejects(
    () => decodeRgb(text, "a/b.jpg"),
    ImageError,
    "Cannot decode a/b.jpg",
  );
});
