/** Where training images are cut out of a photograph: few photographs make many. */
import type { Box, SizePx } from "../image/resize.ts";
import { hashIntegers, hashText } from "./hash.ts";

/** Smallest side of a crop, as part of the photograph's short side. */
const LEAST_SIDE = 0.35;

/** Part of the crops that are as large as the photograph allows: networks see whole pictures. */
const LARGEST = 1 / 3;

/** Most that a crop is wider than high, or higher than wide. */
const MOST_ASPECT = 1.25;

/**
 * Draws a box inside a photograph: of any place, of 35% to 100% of its short side, and of an aspect
 * of 4:5 to 5:4. It is enlarged only where the photograph is too small to cut.
 * @param photograph Its sides, and its name and the crop's number, which alone chance depends on.
 * @param sizePx Side of the image that the box becomes.
 */
export function randomCrop(
  { name, crop, widthPx, heightPx }: SizePx & { name: string; crop: number },
  sizePx: number,
): Box {
  const seed = hashText(name);
  const random = (draw: number) => hashIntegers(seed, crop, draw) / 2 ** 32;
  const short = Math.min(widthPx, heightPx);
  const least = Math.min(1, Math.max(LEAST_SIDE, sizePx / short));
  const side = short * (random(0) < LARGEST ? 1 : least + (1 - least) * random(1));
  const aspect = MOST_ASPECT ** (2 * random(2) - 1);
  const box = {
    widthPx: Math.max(1, Math.min(widthPx, Math.round(side * Math.sqrt(aspect)))),
    heightPx: Math.max(1, Math.min(heightPx, Math.round(side / Math.sqrt(aspect)))),
  };
  const place = (room: number, draw: number) => Math.floor((room + 1) * random(draw));
  return {
    ...box,
    left: place(widthPx - box.widthPx, 3),
    top: place(heightPx - box.heightPx, 4),
  };
}
