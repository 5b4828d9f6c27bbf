import type { Image } from "imagescript";
import { rgbToLab } from "../color/lab.ts";
import type { ColorPicture } from "../hint/gray_picture.ts";
import { resizeArea, type SizePx } from "../image/resize.ts";

/** A copy of a picture of another size, averaged in 8-bit sRGB, as L*a*b*. */
export function labCopy(image: Image, size: SizePx): ColorPicture {
  const { widthPx, heightPx } = size;
  const full = { data: image.bitmap, widthPx: image.width, heightPx: image.height, channels: 4 };
  return { widthPx, heightPx, ...rgbToLab(resizeArea(full, size), 4) };
}

/** A copy that has about so many pixels at most: of the picture's own size if it has no more. */
export function labCopyWithin(image: Image, maxPixels: number): ColorPicture {
  const scale = Math.min(1, Math.sqrt(maxPixels / (image.width * image.height)));
  const side = (px: number) => Math.max(1, Math.round(px * scale));
  return labCopy(image, { widthPx: side(image.width), heightPx: side(image.height) });
}
