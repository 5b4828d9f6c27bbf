import { rgbToLab } from "../color/lab.ts";
import type { Size } from "./color_points.ts";
import type { Seeds } from "./seeds.ts";

/** Pixels at least half opaque count: brushes leave soft rims, whose colors are mixed. */
const OPAQUE_ALPHA = 128;

/** A picture as RGBA bytes, not premultiplied. */
export interface StrokePicture extends Size {
  rgba: Uint8Array | Uint8ClampedArray;
}

/**
 * Reads strokes that a person painted over a picture: each pixel with an alpha of 128 or more gives
 * its color, the others none, not even in part.
 * @param strokes RGBA, 8-bit sRGB, of the picture's size.
 * @throws {RangeError} When the sizes differ, naming both.
 */
export function seedsOfStrokes({ rgba, ...strokes }: StrokePicture, picture: Size): Seeds {
  if (strokes.widthPx !== picture.widthPx || strokes.heightPx !== picture.heightPx) {
    throw new RangeError(
      `Cannot use strokes: must have the picture's size, ${sides(picture)}, got ${sides(strokes)}`,
    );
  }
  const pixels: number[] = [];
  for (let pixel = 0; 4 * pixel < rgba.length; pixel++) {
    if (rgba[4 * pixel + 3]! >= OPAQUE_ALPHA) pixels.push(pixel);
  }
  const colors = new Uint8Array(4 * pixels.length);
  for (const [i, pixel] of pixels.entries()) {
    colors.set(rgba.subarray(4 * pixel, 4 * pixel + 4), 4 * i);
  }
  return { pixels: Uint32Array.from(pixels), ab: rgbToLab(colors, 4).ab };
}

function sides({ widthPx, heightPx }: Size): string {
  return `${widthPx} x ${heightPx}`;
}
