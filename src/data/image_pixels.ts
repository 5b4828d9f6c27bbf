/** Bytes of one picture to the square of pixels that a data set holds. */
import sharp from "sharp";
import { decodeImage } from "../image/decode.ts";
import { type Box, crop, cropToSquare, type Pixels, resizeArea } from "../image/resize.ts";
import { sniffFormat } from "../image/sniff.ts";

/**
 * Decodes a JPEG that has the size of the set already, as those of Tiny ImageNet. The pixels are
 * those of libjpeg-turbo's exact integer transform, as PIL and tf.io give them.
 * One decode without a look at the header first: twice as fast as `decodeImage()`.
 * @returns 8-bit RGB, shape [sizePx * sizePx * 3]; of grayscale, three equal channels.
 * @throws {Error} When it is no JPEG, damaged, or of another size.
 */
export async function decodeExact(bytes: Uint8Array, sizePx: number): Promise<Uint8Array> {
  if (sniffFormat(bytes) !== "jpeg") {
    throw new TypeError("Cannot decode the image: must be a JPEG, got a file of another kind");
  }
  const { data, info } = await sharp(bytes, { limitInputPixels: sizePx ** 2, failOn: "error" })
    .toColourspace("srgb").removeAlpha().raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.width !== sizePx || info.height !== sizePx) {
    throw new RangeError(
      `Cannot use the image: must be ${sizePx}x${sizePx}, got ${info.width}x${info.height}`,
    );
  }
  return data;
}

/**
 * Decodes any picture. Transparent parts are put on white.
 * @param name What errors call the picture.
 * @returns 8-bit RGB, shape [heightPx * widthPx * 3].
 * @throws {ImageError} As `decodeImage()`.
 */
export async function decodeRgb(bytes: Uint8Array, name: string): Promise<Pixels<Uint8Array>> {
  const { bitmap, width, height } = await decodeImage(bytes, { name });
  return { data: dropAlpha(bitmap), widthPx: width, heightPx: height, channels: 3 };
}

/**
 * Cuts the largest square out of the middle of a picture, or the box asked for, and averages it to
 * a square.
 * @param options.box What to cut out; a square only if it is one.
 * @returns 8-bit RGB, shape [sizePx * sizePx * 3].
 */
export function squareOf(
  pixels: Pixels<Uint8Array>,
  { sizePx, box }: { sizePx: number; box?: Box | undefined },
): Uint8Array {
  const part = box ? crop(pixels, box) : cropToSquare(pixels);
  return resizeArea(part, { widthPx: sizePx, heightPx: sizePx });
}

function dropAlpha(rgba: Uint8Array | Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array(rgba.length / 4 * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      const value = rgba[from + channel]!;
      rgb[to + channel] = alpha === 255
        ? value
        : Math.round((value * alpha + 255 * (255 - alpha)) / 255);
    }
  }
  return rgb;
}
