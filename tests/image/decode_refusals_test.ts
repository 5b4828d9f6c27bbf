/** What decodeImage() refuses: pictures that are none, damaged or too large. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import sharp from "sharp";
import { decodeImage } from "../../src/image/decode.ts";
import { ImageError, type ImageErrorReason } from "../../src/image/errors.ts";
import { gradientPicture, HEIGHT_PX, WIDTH_PX } from "./pictures.ts";

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

async function refuses(bytes: Uint8Array, reason: ImageErrorReason, text: string) {
  const error = await assertRejects(() => decodeImage(bytes, { name: "photo.jpg" }), ImageError);
  assertEquals(error.reason, reason, error.message);
  assert(error.message.startsWith("Cannot decode photo.jpg: "), error.message);
  assert(error.message.includes(text), error.message);
}
