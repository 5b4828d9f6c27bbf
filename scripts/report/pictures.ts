/** The pictures of the report page, as PNG. */
import type { Image } from "imagescript";
import sharp, { type OverlayOptions } from "sharp";
import { colorizeImage } from "../../src/colorize/colorize_image.ts";
import type { Model } from "../../src/colorize/model.ts";
import type { ImageSplit } from "../../src/data/split.ts";
import type { ImageRow } from "../../src/eval/evaluate.ts";
import { drawFigure, type FigureColumn } from "../../src/eval/figure.ts";

const SAMPLE_COLUMNS = 10;
const SAMPLE_ROWS = 4;
/** A grayscale original, which gray matches exactly, tells nothing of a model. */
const MAX_PSNR = 60;
const TILE_PX = { width: 300, height: 220 };
const GAP_PX = 8;

/** Fig. 1 of the report: images from all over a split. */
export async function sampleGrid(split: ImageSplit): Promise<Uint8Array> {
  const count = Math.min(SAMPLE_COLUMNS * SAMPLE_ROWS, split.count);
  const indices = Array.from({ length: count }, (_, i) => Math.floor(i * split.count / count));
  const rgb = await split.readImages(indices);
  const bytes = 3 * split.sizePx ** 2;
  const pictures = indices.map((_, i) => rgbaOf(rgb.subarray(i * bytes, (i + 1) * bytes)));
  const columns: FigureColumn[] = Array.from({ length: SAMPLE_COLUMNS }, (_, column) => ({
    label: " ",
    pictures: pictures.filter((_, i) => i % SAMPLE_COLUMNS === column),
  }));
  return await drawFigure(columns.filter((column) => column.pictures.length > 0), split.sizePx);
}

function rgbaOf(rgb: Uint8Array): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(rgb.length / 3 * 4).fill(255);
  for (let at = 0; at < rgb.length / 3; at++) rgba.set(rgb.subarray(3 * at, 3 * at + 3), 4 * at);
  return rgba;
}

/**
 * The images that a model colors worst and best, by PSNR.
 * @param rows Figures of its images, in the order of the split.
 * @returns Indices into the split, the worst and the best first.
 */
export function extremes(rows: ImageRow[], count: number): { worst: number[]; best: number[] } {
  const ranked = rows.map(({ psnr_rgb }, index) => ({ index, psnr_rgb }))
    .sort((one, other) => one.psnr_rgb - other.psnr_rgb);
  const colored = ranked.filter(({ psnr_rgb }) => psnr_rgb < MAX_PSNR);
  const indexOf = ({ index }: { index: number }) => index;
  return {
    worst: ranked.slice(0, count).map(indexOf),
    best: colored.slice(-count).reverse().map(indexOf),
  };
}

/** Photographs in rows: as they are, and colorized at each vividness. */
export async function contactSheet(
  photos: Image[],
  model: Model,
  vividnesses: number[],
): Promise<Uint8Array> {
  const overlays: OverlayOptions[] = [];
  for (const [row, photo] of photos.entries()) {
    const pictures = [photo];
    for (const vividness of vividnesses) {
      pictures.push(await colorizeImage(photo, model, { vividness }));
    }
    for (const [column, picture] of pictures.entries()) {
      overlays.push({
        input: await tile(picture),
        left: GAP_PX + column * (TILE_PX.width + GAP_PX),
        top: GAP_PX + row * (TILE_PX.height + GAP_PX),
      });
    }
  }
  const width = GAP_PX + (vividnesses.length + 1) * (TILE_PX.width + GAP_PX);
  const height = GAP_PX + photos.length * (TILE_PX.height + GAP_PX);
  return await sharp({ create: { width, height, channels: 3, background: "white" } })
    .composite(overlays).png().toBuffer();
}

async function tile({ bitmap, width, height }: Image) {
  return await sharp(bitmap, { raw: { width, height, channels: 4 } })
    .resize({ ...TILE_PX, fit: "contain", background: "white" }).flatten({ background: "white" })
    .png().toBuffer();
}
