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
  /** The longer side over the shorter one. */
  maxAspect: number;
  /** Frames or pages, though only the first one is decoded. */
  maxFrames: number;
}

/** Room for a 64-megapixel photograph, 256 MiB of pixels. */
export const DEFAULT_LIMITS: Readonly<ImageLimits> = {
  maxBytes: 64 * 2 ** 20,
  maxPixels: 64 * 2 ** 20,
  maxSidePx: 16_384,
  maxAspect: Infinity,
  maxFrames: Infinity,
};

/** What a service takes beside its own limits of bytes and pixels: more is no photograph. */
export const SERVICE_LIMITS = { maxAspect: 100, maxFrames: 1000 } as const;

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
export function checkHeader(
  name: string,
  { width, height, pages = 1 }: { width: number; height: number; pages?: number | undefined },
  { maxPixels, maxSidePx, maxAspect, maxFrames }: ImageLimits,
): void {
  if (pages > maxFrames) {
    refuse(name, `must have at most ${maxFrames} frames or pages, got ${pages}`);
  }
  if (Math.max(width, height) > maxSidePx) {
    refuse(name, `sides must be at most ${maxSidePx} pixels, got ${width} x ${height}`);
  }
  if (width * height > maxPixels) {
    const pixels = width * height;
    refuse(name, `must have at most ${maxPixels} pixels, got ${width} x ${height} = ${pixels}`);
  }
  if (Math.max(width, height) > maxAspect * Math.min(width, height)) {
    refuse(name, `a side must be at most ${maxAspect} times the other, got ${width} x ${height}`);
  }
}

function refuse(name: string, reason: string): never {
  throw new ImageError("too-large", `Cannot decode ${name}: ${reason}`);
}
