import { assert, assertEquals } from "@std/assert";
import sharp from "sharp";
import { decodeImage } from "../../src/image/decode.ts";
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

Deno.test("decodeImage() takes the frame of a GIF, not the 65535 x 65535 that its screen claims", async () => {
  const file = await gradientPicture().gif().toBuffer();
  new DataView(file.buffer, file.byteOffset).setUint32(6, 0xffffffff);
  const image = await decodeImage(file);
  assertEquals([image.width, image.height], [WIDTH_PX, HEIGHT_PX]);
});

Deno.test("decodeImage() reads views that start within a buffer", async () => {
  const file = await gradientPicture().png().toBuffer();
  const padded = new Uint8Array(file.length + 20);
  padded.set(file, 7);
  const { bitmap } = await decodeImage(padded.subarray(7, 7 + file.length));
  assertEquals(withoutAlpha(bitmap), [...gradient()]);
});
