/** Rows of pictures, one column per way to color them: Fig. 5 of the report. */
import { fileURLToPath } from "node:url";
import sharp, { type OverlayOptions } from "sharp";
import { labToRgba } from "../color/lab.ts";
import { denormalizeAb } from "../color/normalize.ts";
import { makeBatch } from "../data/batch.ts";
import type { ImageSplit } from "../data/split.ts";
import type { Predictor } from "./predictor.ts";

/** A labelled column of square pictures. */
export interface FigureColumn {
  label: string;
  /** One picture per row, 8-bit RGBA, shape [H * W * 4]. */
  pictures: Uint8ClampedArray[];
}

const GAP_PX = 8;
/** Pictures are enlarged by a whole factor to about this side. */
const TILE_PX = 128;
const WHITE = 255;
const FONT = "@expo-google-fonts/lato/400Regular/Lato_400Regular.ttf";

/**
 * Colors some images of a split: columns grayscale, one per predictor, original.
 * @param indices Images of the split, one per row.
 */
export async function figureColumns(
  split: ImageSplit,
  predictors: readonly Predictor[],
  indices: readonly number[],
): Promise<FigureColumn[]> {
  const { sizePx } = split;
  const count = indices.length;
  const batch = makeBatch(await split.readImages(indices), { count, sizePx });
  const column = (label: string, ab: Float32Array): FigureColumn => {
    const pixels = new Uint8ClampedArray(4 * batch.lightness.length).fill(WHITE);
    labToRgba({ lightness: batch.lightness, ab }, pixels);
    const bytes = 4 * sizePx * sizePx;
    return { label, pictures: indices.map((_, i) => pixels.subarray(i * bytes, (i + 1) * bytes)) };
  };
  const columns = [column("grayscale", new Float32Array(batch.targetAb.length))];
  const shape = { count, heightPx: sizePx, widthPx: sizePx };
  const truth = { ab: denormalizeAb(batch.targetAb), indices };
  for (const predictor of predictors) {
    const predictedAb = await predictor.predictAb(batch.lightness, shape, truth);
    columns.push(column(predictor.name, predictedAb));
  }
  return [...columns, column("original", denormalizeAb(batch.targetAb))];
}

/**
 * Draws columns beside each other under their labels.
 * @param sizePx Side of every picture.
 * @returns A PNG file.
 */
export async function drawFigure(columns: FigureColumn[], sizePx: number): Promise<Uint8Array> {
  const tilePx = sizePx * Math.max(1, Math.round(TILE_PX / sizePx));
  const labels = await Promise.all(columns.map(({ label }) => drawLabel(label, tilePx)));
  const topPx = Math.max(...labels.map(({ info }) => info.height)) + 2 * GAP_PX;
  const left = (column: number) => GAP_PX + column * (tilePx + GAP_PX);
  const top = (row: number) => topPx + row * (tilePx + GAP_PX);
  const overlays: OverlayOptions[] = labels.map(({ data, info }, column) => ({
    input: data,
    left: left(column) + Math.floor((tilePx - info.width) / 2),
    top: topPx - GAP_PX - info.height,
  }));
  for (const [column, { pictures }] of columns.entries()) {
    for (const [row, picture] of pictures.entries()) {
      const input = await enlarge(picture, sizePx, tilePx);
      overlays.push({ input, left: left(column), top: top(row) });
    }
  }
  const rows = Math.max(...columns.map(({ pictures }) => pictures.length));
  const [width, height] = [left(columns.length), top(rows)];
  return await sharp({ create: { width, height, channels: 3, background: "white" } })
    .composite(overlays).png().toBuffer();
}

/** A picture with visible pixels, as PNG. */
async function enlarge(picture: Uint8ClampedArray, sizePx: number, tilePx: number) {
  const raw = { width: sizePx, height: sizePx, channels: 4 } as const;
  return await sharp(picture, { raw }).resize(tilePx, tilePx, { kernel: "cubic" }).png()
    .toBuffer();
}

/** Black text in a font that comes with the project: a bare machine has none. */
async function drawLabel(label: string, width: number) {
  const fontfile = fileURLToPath(import.meta.resolve(FONT));
  const escaped = label.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  // Text is cropped to its ink: an invisible bar at both ends keeps all labels on one line.
  const bar = '<span alpha="1">|</span>';
  const text = `<span foreground="black">${bar}${escaped}${bar}</span>`;
  return await sharp({
    text: {
      text,
      font: "Lato",
      fontfile,
      width,
      dpi: 96,
      rgba: true,
      align: "center",
      wrap: "word-char",
    },
  }).png().toBuffer({ resolveWithObject: true });
}
