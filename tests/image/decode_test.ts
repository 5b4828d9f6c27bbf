import { assert, assertEquals, assertRejects } from "@std/assert";
import sharp from "sharp";
import { decodeImage } from "../../src/image/decode.ts";
import { ImageError, type ImageErrorReason } from "../../src/image/errors.ts";
import {
  gradient,
  gradientPicture,
  HEIGHT_PX,
  makeTiff,
  maxDifference,
  WIDTH_PX,
  withoutAlpha,
} from "./pictures.ts";

Deno.test("decodeImage() reads each lossless format exactly, as opaque RGBA", async () => {
  const files = {
    png: await gradientPicture().png().toBuffer(),
    "png, interlaced": await gradientPicture().png({ progressive: true }).toBuffer(),
    webp: await gradientPicture().webp({ lossless: true }).toBuffer(),
    tiff: await gradientPicture().tiff({ compression: "lzw" }).toBuffer(),
  };
  for (const [name, bytes] of Object.entries(files)) {
    const image = await decodeImage(bytes);
    assertEquals([image.width, image.height], [WIDTH_PX, HEIGHT_PX], name);
    assertEquals(withoutAlpha(image.bitmap), [...gradient()], name);
    assert(image.bitmap.every((byte, i) => i % 4 !== 3 || byte === 255), name);
  }
});

Deno.test("decodeImage() reads each lossy format closely", async () => {
  const files = {
    jpeg: await gradientPicture().jpeg({ quality: 95, chromaSubsampling: "4:4:4" }).toBuffer(),
    progressive: await gradientPicture().jpeg({ quality: 95, progressive: true }).toBuffer(),
    avif: await gradientPicture().avif({ quality: 95 }).toBuffer(),
    "avif, 10 bits": await gradientPicture().avif({ quality: 95, bitdepth: 10 }).toBuffer(),
    gif: await gradientPicture().gif({ dither: 0 }).toBuffer(),
  };
  for (const [name, bytes] of Object.entries(files)) {
    const difference = maxDifference(withoutAlpha((await decodeImage(bytes)).bitmap), gradient());
    assert(difference <= 16, `${name} differs by ${difference}`);
  }
});

Deno.test("decodeImage() keeps alpha", async () => {
  const files = [
    await gradientPicture(4).png().toBuffer(),
    await gradientPicture(4).webp({ lossless: true }).toBuffer(),
    await gradientPicture(4).tiff({ compression: "deflate" }).toBuffer(),
  ];
  for (const bytes of files) {
    assertEquals((await decodeImage(bytes)).bitmap, Uint8ClampedArray.from(gradient(4)));
  }
});

Deno.test("decodeImage() makes RGBA of gray, with and without alpha, and of palettes", async () => {
  const gray = { raw: { width: 2, height: 1, channels: 1 } } as const;
  const bitmapOf = async (bytes: Uint8Array) => [...(await decodeImage(bytes)).bitmap];
  const picture = sharp(new Uint8Array([7, 200]), gray);
  const expected = [7, 7, 7, 255, 200, 200, 200, 255];
  assertEquals(
    await bitmapOf(await picture.clone().toColourspace("b-w").png().toBuffer()),
    expected,
  );
  assertEquals(await bitmapOf(await picture.clone().png({ palette: true }).toBuffer()), expected);
  const grayAlpha = sharp(new Uint8Array([7, 9, 200, 0]), { raw: { ...gray.raw, channels: 2 } });
  assertEquals(
    await bitmapOf(await grayAlpha.toColourspace("b-w").png().toBuffer()),
    [7, 7, 7, 9, 200, 200, 200, 0],
  );
});

Deno.test("decodeImage() reads 16-bit gray and RGB by their upper 8 bits", async () => {
  const wide = (data: Uint8Array) => Uint16Array.from(data, (byte) => byte * 257);
  const size = { width: WIDTH_PX, height: HEIGHT_PX };
  const files = [
    await gradientPicture().toColourspace("rgb16").png().toBuffer(),
    makeTiff({ ...size, samples: wide(gradient()), photometric: 2, channels: 3 }),
  ];
  for (const bytes of files) {
    assertEquals(withoutAlpha((await decodeImage(bytes)).bitmap), [...gradient()]);
  }
  const ramp = Uint8Array.from({ length: 256 }, (_, i) => i);
  const tiff = makeTiff({
    width: 256,
    height: 1,
    samples: wide(ramp),
    photometric: 1,
    channels: 1,
  });
  const png = await sharp(wide(ramp), { raw: { width: 256, height: 1, channels: 1 } })
    .toColourspace("grey16").png().toBuffer();
  for (const bytes of [tiff, png]) {
    const { bitmap } = await decodeImage(bytes);
    assertEquals([...bitmap.filter((_, i) => i % 4 === 0)], [...ramp]);
  }
});

Deno.test("decodeImage() takes the first frame or page", async () => {
  const second = gradient().map((byte) => 255 - byte);
  const raw = { width: WIDTH_PX, height: 2 * HEIGHT_PX, channels: 3 } as const;
  const strip = sharp(new Uint8Array([...gradient(), ...second]), {
    raw: { ...raw, pageHeight: HEIGHT_PX },
  });
  const animations = {
    webp: await strip.clone().webp({ lossless: true }).toBuffer(),
    gif: await strip.clone().gif({ dither: 0 }).toBuffer(),
    tiff: await strip.clone().tiff({ compression: "lzw" }).toBuffer(),
  };
  for (const [name, bytes] of Object.entries(animations)) {
    assertEquals((await sharp(bytes).metadata()).pages, 2, name);
    const image = await decodeImage(bytes);
    assertEquals([image.width, image.height], [WIDTH_PX, HEIGHT_PX], name);
    const difference = maxDifference(withoutAlpha(image.bitmap), gradient());
    assert(difference <= 16, `${name} differs by ${difference}`);
  }
});

// Where the upper left corner of the upright picture lies in the stored one, and the step of its
// rows and columns there, per EXIF orientation (Exif 3.0, 4.6.5).
const ORIENTATIONS = [
  { row: [0, 1], column: [1, 0] },
  { row: [0, 1], column: [-1, 0] },
  { row: [0, -1], column: [-1, 0] },
  { row: [0, -1], column: [1, 0] },
  { row: [1, 0], column: [0, 1] },
  { row: [1, 0], column: [0, -1] },
  { row: [-1, 0], column: [0, -1] },
  { row: [-1, 0], column: [0, 1] },
] as const;

Deno.test("decodeImage() turns each of the 8 EXIF orientations upright", async () => {
  for (const [i, { row, column }] of ORIENTATIONS.entries()) {
    const orientation = i + 1;
    const files = {
      png: await gradientPicture().withMetadata({ orientation }).png().toBuffer(),
      webp: await gradientPicture().withMetadata({ orientation }).webp({ lossless: true })
        .toBuffer(),
      jpeg: await gradientPicture().withMetadata({ orientation }).jpeg({ quality: 98 }).toBuffer(),
      tiff: makeTiff({
        width: WIDTH_PX,
        height: HEIGHT_PX,
        samples: gradient(),
        photometric: 2,
        channels: 3,
        orientation,
      }),
    };
    const expected = turnUpright(row, column);
    for (const [name, bytes] of Object.entries(files)) {
      const image = await decodeImage(bytes);
      const sides = orientation > 4 ? [HEIGHT_PX, WIDTH_PX] : [WIDTH_PX, HEIGHT_PX];
      assertEquals([image.width, image.height], sides, `${name} ${orientation}`);
      const difference = maxDifference(withoutAlpha(image.bitmap), expected);
      assert(difference <= (name === "jpeg" ? 12 : 1), `${name} ${orientation}: ${difference}`);
    }
  }
});

/** Reads the stored gradient along its turned rows and columns, pixel by pixel. */
function turnUpright(row: readonly [number, number], column: readonly [number, number]) {
  const data = gradient();
  const [stepX, stepY] = [row[0] + column[0], row[1] + column[1]];
  const startX = stepX < 0 ? WIDTH_PX - 1 : 0, startY = stepY < 0 ? HEIGHT_PX - 1 : 0;
  const rows = row[0] === 0 ? HEIGHT_PX : WIDTH_PX;
  const columns = row[0] === 0 ? WIDTH_PX : HEIGHT_PX;
  const pixels: number[] = [];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const x = startX + r * row[0] + c * column[0], y = startY + r * row[1] + c * column[1];
      const at = 3 * (y * WIDTH_PX + x);
      pixels.push(...data.subarray(at, at + 3));
    }
  }
  return pixels;
}

async function refuses(bytes: Uint8Array, reason: ImageErrorReason, text: string) {
  const error = await assertRejects(() => decodeImage(bytes, { name: "photo.jpg" }), ImageError);
  assertEquals(error.reason, reason, error.message);
  assert(error.message.startsWith("Cannot decode photo.jpg: "), error.message);
  assert(error.message.includes(text), error.message);
}

Deno.test("decodeImage() refuses what is no picture, and formats that others would read", async () => {
  const text = (value: string) => new TextEncoder().encode(value);
  await refuses(new Uint8Array(0), "malformed", "got 0 bytes");
  await refuses(text("Dear reader"), "unsupported", "44 65 61 72");
  await refuses(
    text("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"),
    "unsupported",
    "3c 73",
  );
  await refuses(text("<?xml version='1.0'?><svg/>"), "unsupported", "3c 3f");
  await refuses(text("%PDF-1.4\n"), "unsupported", "25 50");
  await refuses(text("P6\n1 1\n255\nabc"), "unsupported", "50 36");
});

Deno.test("libvips has no reader but those of the six formats, and none for paths", async () => {
  const svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>";
  await assertRejects(() => sharp(new TextEncoder().encode(svg)).metadata());
  const path = await Deno.makeTempFile({ suffix: ".png" });
  try {
    await Deno.writeFile(path, await gradientPicture().png().toBuffer());
    await assertRejects(() => sharp(path).metadata());
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("decodeImage() refuses every format cut short", async () => {
  for (const format of ["png", "jpeg", "webp", "avif", "tiff", "gif"] as const) {
    const whole = await gradientPicture().toFormat(format).toBuffer();
    await decodeImage(whole);
    for (const part of [0.2, 0.5, 0.9]) {
      await refuses(whole.subarray(0, Math.floor(whole.length * part)), "malformed", format);
    }
  }
});

Deno.test("decodeImage() refuses a JPEG without its last byte, and a header alone", async () => {
  for (const progressive of [false, true]) {
    const whole = await gradientPicture().jpeg({ progressive }).toBuffer();
    await refuses(whole.subarray(0, whole.length - 1), "malformed", "jpeg");
    await refuses(whole.subarray(0, 4), "malformed", "jpeg");
  }
});

Deno.test("decodeImage() refuses a small JPEG that claims 20000 x 20000, before decoding", async () => {
  const file = await gradientPicture().jpeg({ progressive: true }).toBuffer();
  const frame = file.indexOf(new Uint8Array([0xff, 0xc2]));
  new DataView(file.buffer, file.byteOffset).setUint32(frame + 5, 0x4e204e20);
  const startMs = performance.now();
  await refuses(file, "too-large", "at most 16384 pixels, got 20000 x 20000");
  assert(performance.now() - startMs < 1000);
});

Deno.test("decodeImage() takes the frame of a GIF, not the 65535 x 65535 that its screen claims", async () => {
  const file = await gradientPicture().gif().toBuffer();
  new DataView(file.buffer, file.byteOffset).setUint32(6, 0xffffffff);
  const image = await decodeImage(file);
  assertEquals([image.width, image.height], [WIDTH_PX, HEIGHT_PX]);
});

Deno.test("decodeImage() keeps to the limits that it is given", async () => {
  const bytes = await gradientPicture().png().toBuffer();
  const decode = (limits: Record<string, number>) => decodeImage(bytes, { limits });
  await decode({ maxBytes: bytes.length, maxPixels: WIDTH_PX * HEIGHT_PX, maxSidePx: WIDTH_PX });
  const reasonOf = async (limits: Record<string, number>) =>
    (await assertRejects(() => decode(limits), ImageError)).message;
  assert((await reasonOf({ maxBytes: 99 })).includes(`at most 99 bytes, got ${bytes.length}`));
  assert((await reasonOf({ maxPixels: 1199 })).includes("got 40 x 30 = 1200"));
  assert((await reasonOf({ maxSidePx: 39 })).includes("at most 39 pixels, got 40 x 30"));
});

Deno.test("decodeImage() reads views that start within a buffer", async () => {
  const file = await gradientPicture().png().toBuffer();
  const padded = new Uint8Array(file.length + 20);
  padded.set(file, 7);
  const { bitmap } = await decodeImage(padded.subarray(7, 7 + file.length));
  assertEquals(withoutAlpha(bitmap), [...gradient()]);
});
