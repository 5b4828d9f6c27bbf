import type { Image } from "imagescript";
import { checkSwatch, type Rectangle, type Swatch } from "../hint/swatch.ts";
import { transferSwatches } from "../hint/transfer_swatches.ts";
import { transferWelsh } from "../hint/welsh.ts";
import type { SizePx } from "../image/resize.ts";
import { labCopyWithin } from "./lab_copy.ts";
import { paint } from "./paint.ts";

/** Larger pictures are matched in a copy: 5x5 pixels of a scan of 12 megapixels show its grain. */
export const WELSH_PIXELS = 2 ** 20;

/** Parts of both pictures, in their own pixels, that belong together. */
export type Swatches = readonly Swatch[];

/**
 * Colors a picture by lightness and texture alone, without a network.
 * @param options.swatches Without any, all of the reference counts.
 * @param options.seed Fixes the samples of the reference.
 * @throws {RangeError} When a swatch leaves its picture.
 */
export function transferByWelsh(
  image: Image,
  reference: Image,
  { swatches = [], seed }: {
    swatches?: Swatches | undefined;
    seed: number;
  },
): Image {
  checkSwatches(swatches, { image, reference });
  const [full, fullReference] = [sizeOf(image), sizeOf(reference)];
  const target = labCopyWithin(image, WELSH_PIXELS);
  const source = labCopyWithin(reference, WELSH_PIXELS);
  const scaled = swatches.map((swatch) => ({
    target: scaledTo(swatch.target, full, target),
    source: scaledTo(swatch.source, fullReference, source),
  }));
  const ab = scaled.length > 0
    ? transferSwatches(target, source, { swatches: scaled, seed })
    : transferWelsh(target, source, { seed });
  return paint(image, { ...target, ab });
}

/**
 * Checks that swatches lie in their pictures.
 * @throws {RangeError} Naming the picture, its sides and the part.
 */
export function checkSwatches(
  swatches: Swatches,
  { image, reference }: { image: Image; reference: Image },
): void {
  const sizes = { target: sizeOf(image), reference: sizeOf(reference) };
  for (const swatch of swatches) checkSwatch(swatch, sizes);
}

function sizeOf({ width, height }: Image): SizePx {
  return { widthPx: width, heightPx: height };
}

/** A part of a picture in pixels of a copy, of one at least. */
function scaledTo(part: Rectangle, from: SizePx, to: SizePx): Rectangle {
  const along = (start: number, length: number, [side, newSide]: [number, number]) => {
    const first = Math.min(newSide - 1, Math.floor(start * newSide / side));
    const end = Math.round((start + length) * newSide / side);
    return [first, Math.max(1, Math.min(end, newSide) - first)] as const;
  };
  const [x, widthPx] = along(part.x, part.widthPx, [from.widthPx, to.widthPx]);
  const [y, heightPx] = along(part.y, part.heightPx, [from.heightPx, to.heightPx]);
  return { x, y, widthPx, heightPx };
}
