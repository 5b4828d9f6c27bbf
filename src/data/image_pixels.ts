/** Bytes of one picture to the square of pixels that a data set holds. */
import sharp from "sharp";

/** Decodes an image that must have the size of the set already, as those of Tiny ImageNet. */
export async function decodeExact(bytes: Uint8Array, sizePx: number): Promise<Uint8Array> {
  const { data, info } = await sharp(bytes).toColourspace("srgb").removeAlpha().raw().toBuffer({
    resolveWithObject: true,
  });
  if (info.width !== sizePx || info.height !== sizePx) {
    throw new RangeError(
      `Cannot use the image: must be ${sizePx}x${sizePx}, got ${info.width}x${info.height}`,
    );
  }
  return data;
}
