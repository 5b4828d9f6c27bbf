/** Picture -> bytes of a file. */
import type { Image } from "imagescript";
import sharp, { type Sharp } from "sharp";
import { ImageError } from "./errors.ts";

/** Formats that can be written. */
export const OUTPUT_FORMATS = ["png", "jpeg", "webp", "avif"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Longest side that each format can hold. */
const MAX_SIDE_PX = { png: 2 ** 31 - 1, jpeg: 65_500, webp: 16_383, avif: 16_384 } as const;

/** What to write. */
export interface EncodeOptions {
  format: OutputFormat;
  /** 1..100; JPEG 92, WebP 90 and AVIF 70 when left out. PNG is lossless whatever it says. */
  quality?: number;
}

/**
 * Encodes a picture as sRGB. PNG, WebP and AVIF keep alpha, and leave it out where every pixel is
 * opaque; JPEG has none and gets the picture on white. Color keeps its full resolution (4:4:4),
 * except in WebP, which cannot. Runs off the main thread: leave the picture alone meanwhile.
 * @throws {RangeError} When `quality` is not a whole number in 1..100.
 * @throws {ImageError} `too-large` when the format cannot hold the sides.
 */
export async function encodeImage(
  { bitmap, width, height }: Image,
  { format, quality }: EncodeOptions,
): Promise<Uint8Array> {
  if (quality !== undefined && !(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
    throw new RangeError(
      `Cannot encode ${format}: quality must be a whole number, 1 to 100, got ${quality}`,
    );
  }
  const maxSidePx = MAX_SIDE_PX[format];
  if (Math.max(width, height) > maxSidePx) {
    throw new ImageError(
      "too-large",
      `Cannot encode ${format}: sides must be at most ${maxSidePx} pixels, got ${width} x ${height}`,
    );
  }
  let picture = sharp(bitmap, { raw: { width, height, channels: 4 }, limitInputPixels: false });
  if (format === "jpeg") picture = picture.flatten({ background: "white" });
  else if (isOpaque(bitmap)) picture = picture.removeAlpha();
  return await toFormat(picture, format, quality).toBuffer();
}

/** Media type of a format, as in `content-type`. */
export function mediaType(format: OutputFormat): string {
  return `image/${format}`;
}

/** Format that a path's extension asks for, in any case; undefined for all others. */
export function formatOfPath(path: string): OutputFormat | undefined {
  const extension = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase();
  if (extension === "jpg") return "jpeg";
  return OUTPUT_FORMATS.find((format) => format === extension);
}

// Low effort: more would cost seconds for a large photograph and save a few percent of its bytes.
function toFormat(picture: Sharp, format: OutputFormat, quality?: number): Sharp {
  switch (format) {
    case "png":
      return picture.png();
    case "jpeg":
      return picture.jpeg({ quality: quality ?? 92, chromaSubsampling: "4:4:4" });
    case "webp":
      return picture.webp({ quality: quality ?? 90, effort: 2 });
    case "avif":
      return picture.avif({ quality: quality ?? 70, effort: 0, chromaSubsampling: "4:4:4" });
  }
}

function isOpaque(bitmap: Uint8ClampedArray): boolean {
  for (let i = 3; i < bitmap.length; i += 4) if (bitmap[i] !== 255) return false;
  return true;
}
