import { assert, assertEquals } from "@std/assert";
import sharp from "sharp";
import { decodeImage } from "../../src/image/decode.ts";
import {
  gradient,
  gradientPicture,
  HEIGHT_PX,
  linearGrayProfile,
  makeTiff,
  WIDTH_PX,
  withoutAlpha,
} from "./pictures.ts";

Deno.test("decodeImage() turns Display P3 into sRGB, with 8 and with 16 bits", async () => {
  const p3 = gradientPicture().withIccProfile("p3");
  const file = await p3.clone().png().toBuffer();
  const stored = await sharp(file, { ignoreIcc: true }).raw().toBuffer();
  assert(meanDifference(stored, gradient()) > 5, "the stored values are not sRGB");
  const { icc } = await sharp(file).metadata();
  const files = {
    png: file,
    "png, 16 bits": await p3.clone().toColourspace("rgb16").png().toBuffer(),
    "png, 16 bits, alpha": await gradientPicture(4).toColourspace("rgb16").withIccProfile("p3")
      .png().toBuffer(),
    webp: await p3.clone().webp({ lossless: true }).toBuffer(),
    jpeg: await p3.clone().jpeg({ quality: 99, chromaSubsampling: "4:4:4" }).toBuffer(),
    "avif, 10 bits": await p3.clone().avif({ quality: 99, bitdepth: 10 }).toBuffer(),
    "tiff, 16 bits": makeTiff({
      width: WIDTH_PX,
      height: HEIGHT_PX,
      samples: Uint16Array.from(stored, (byte) => byte * 257),
      photometric: 2,
      channels: 3,
      profile: icc!,
    }),
  };
  for (const [name, bytes] of Object.entries(files)) {
    const { bitmap } = await decodeImage(bytes);
    const difference = meanDifference(withoutAlpha(bitmap), gradient());
    assert(difference < 1.5, `${name} differs by ${difference}`);
    if (name.includes("alpha")) assertEquals(bitmap[4 * 7 + 3], gradient(4)[4 * 7 + 3]);
  }
});

Deno.test("decodeImage() turns gray by its profile into sRGB, with 8 and with 16 bits", async () => {
  const values = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (const samples of [values, Uint16Array.from(values, (byte) => byte * 257)]) {
    const tiff = { width: 256, height: 1, samples, photometric: 1, channels: 1 } as const;
    const { bitmap } = await decodeImage(makeTiff({ ...tiff, profile: linearGrayProfile() }));
    values.subarray(8).forEach((byte) => { // darker ones are interpolated coarsely by libvips
      const linear = byte / 255;
      const expected = linear > 0.0031308 ? 1.055 * linear ** (1 / 2.4) - 0.055 : 12.92 * linear;
      const [r, g, b] = bitmap.subarray(4 * byte);
      assert(Math.abs(r! - 255 * expected) <= 2, `${byte} became ${r}, not ${255 * expected}`);
      assert(r === g && g === b);
    });
  }
});

Deno.test("decodeImage() turns 16-bit gray with a profile upright, once", async () => {
  const samples = Uint16Array.of(0, 10, 20, 30, 40, 50).map((byte) => byte * 257);
  const tiff = { width: 3, height: 2, samples, photometric: 1, channels: 1 } as const;
  const image = await decodeImage(
    makeTiff({ ...tiff, orientation: 6, profile: linearGrayProfile() }),
  );
  assertEquals([image.width, image.height], [2, 3]);
  const [upperLeft, upperRight, , , lowerLeft] = image.bitmap.filter((_, i) => i % 4 === 0);
  assert(
    upperRight! < upperLeft! && upperLeft! < lowerLeft!,
    "stored lower left becomes upper left",
  );
});

Deno.test("decodeImage() reads CMYK: JPEG with and without profile or Adobe marker, TIFF", async () => {
  const cmyk = gradientPicture().toColourspace("cmyk").jpeg({ quality: 99 });
  const bare = await cmyk.clone().toBuffer();
  const files = {
    bare,
    "without Adobe marker": withoutSegment(bare, 0xee),
    profile: await gradientPicture().withIccProfile("cmyk").jpeg({ quality: 99 }).toBuffer(),
  };
  assert(files["without Adobe marker"].length < bare.length);
  for (const [name, bytes] of Object.entries(files)) {
    assertEquals((await sharp(bytes).metadata()).space, "cmyk", name);
    const { bitmap } = await decodeImage(bytes);
    // Print cannot hold every color of the gradient.
    const difference = meanDifference(withoutAlpha(bitmap), gradient());
    assert(difference < 25, `${name} differs by ${difference}`);
  }
});

Deno.test("decodeImage() makes paper white and ink dark of CMYK, with 8 and with 16 bits", async () => {
  for (const samples of [new Uint8Array(8), new Uint16Array(8)]) {
    samples.fill(8 * samples.BYTES_PER_ELEMENT === 8 ? 255 : 65535, 4);
    const tiff = { width: 2, height: 1, samples, photometric: 5, channels: 4 } as const;
    const { bitmap } = await decodeImage(makeTiff(tiff));
    assertEquals([...bitmap.subarray(0, 4)], [255, 255, 255, 255]);
    assert(bitmap.subarray(4, 7).every((byte) => byte < 40) && bitmap[7] === 255, `${bitmap}`);
  }
});

Deno.test("decodeImage() reads a picture whose profile is damaged by its plain values", async () => {
  const profile = linearGrayProfile().fill(0, 40);
  const tiff = { width: WIDTH_PX, height: HEIGHT_PX, photometric: 2, channels: 3 } as const;
  const bytes = makeTiff({ ...tiff, samples: gradient(), profile });
  assertEquals(withoutAlpha((await decodeImage(bytes)).bitmap), [...gradient()]);
});

/** A JPEG without its segments of one marker. */
function withoutSegment(jpeg: Uint8Array, marker: number): Uint8Array {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.length);
  const kept = [...jpeg.subarray(0, 2)];
  let at = 2;
  while (jpeg[at + 1] !== 0xda) {
    const end = at + 2 + view.getUint16(at + 2);
    if (jpeg[at + 1] !== marker) kept.push(...jpeg.subarray(at, end));
    at = end;
  }
  return Uint8Array.from([...kept, ...jpeg.subarray(at)]);
}

function meanDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  assertEquals(one.length, other.length);
  return Array.from(one).reduce((sum, value, i) => sum + Math.abs(value - other[i]!), 0) /
    one.length;
}
