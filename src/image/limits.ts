/** How large a picture from outside may be; checked on the header, before any pixel is decoded. */
import { ImageError } from "./errors.ts";

/** Largest values that are still accepted. */
export interface ImageLimits {
  /** Of the file. */
  maxBytes: number;
  /** Width times height; four bytes each in memory. */
  maxPixels: number;
  /** Of each side. */
  maxSidePx: number;
}

/** Room for a 64-megapixel photograph, 256 MiB of pixels. */
export const DEFAULT_LIMITS: Readonly<ImageLimits> = {
  maxBytes: 64 * 2 ** 20,
  maxPixels: 64 * 2 ** 20,
  maxSidePx: 16_384,
};

/**
 * Refuses files over the limit.
 * @throws {ImageError} `too-large`, naming both values.
 */
export function checkBytes(name: string, bytes: number, { maxBytes }: ImageLimits): void {
  if (bytes > maxBytes) refuse(name, `must have at most ${maxBytes} bytes, got ${bytes}`);
}

/**
 * Refuses pictures over a limit.
 * @throws {ImageError} `too-large`, naming both values.
 */
export function checkSides(
  name: string,
  { width, height }: { width: number; height: number },
  { maxPixels, maxSidePx }: ImageLimits,
): void {
  if (Math.max(width, height) > maxSidePx) {
    refuse(name, `sides must be at most ${maxSidePx} pixels, got ${width} x ${height}`);
  }
  if (width * height > maxPixels) {
    const pixels = width * height;
    refuse(name, `must have at most ${maxPixels} pixels, got ${width} x ${height} = ${pixels}`);
  }
}

function refuse(name: string, reason: string): never {
  throw new ImageError("too-large", `Cannot decode ${name}: ${reason}`);
}
