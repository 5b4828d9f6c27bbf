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
  let count = 0;
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at]! >= OPAQUE_ALPHA) count++;
  const pixels = new Uint32Array(count), colors = new Uint8Array(3 * count);
  for (let pixel = 0, i = 0; i < count; pixel++) {
    if (rgba[4 * pixel + 3]! < OPAQUE_ALPHA) continue;
    for (let c = 0; c < 3; c++) colors[3 * i + c] = rgba[4 * pixel + c]!;
    pixels[i++] = pixel;
  }
  return { pixels, ab: rgbToLab(colors, 3).ab };
}

function sides({ widthPx, heightPx }: Size): string {
  return `${widthPx} x ${heightPx}`;
}
