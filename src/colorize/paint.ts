import type { Image } from "imagescript";
import { labToRgba, rgbToLightness } from "../color/lab.ts";
import type { ColorPoint } from "../hint/color_points.ts";
import type { SizePx } from "../image/resize.ts";
import { edgeAwareUpsampler, type SmallPlanes } from "./edge_aware_upsample.ts";
import { fitGamut } from "./fit_gamut.ts";
import { correctionsOf, keepPoints } from "./keep_points.ts";

/** Pixels of a band of rows, about: their planes stay in the second-level cache. */
const BAND_PIXELS = 32_768;

/** Points reach this many pixels of the small copy beyond their radius. */
const POINT_REACH = 2;

/**
 * Joins predicted colors with the lightness of a picture, band after band of rows: a large picture
 * needs no planes of its own size.
 * @param planes Colors of a small copy.
 * @param options.points Their colors are kept exactly.
 * @param options.added Differences of another copy, which are added to the colors.
 * @param options.inPlace Gives the picture itself its colors, which spares a copy.
 * @returns A picture of the same size with the same alpha: a new one, or `image` itself.
 */
export function paint(
  image: Image,
  planes: SmallPlanes,
  { points = [], added, inPlace = false }: {
    points?: readonly ColorPoint[] | undefined;
    added?: SmallPlanes;
    inPlace?: boolean;
  } = {},
): Image {
  const full = { widthPx: image.width, heightPx: image.height };
  const painted = inPlace ? image : image.clone(); // keeps the alpha
  const upsample = summingUpsampler(added ? [planes, added] : [planes], full);
  const bandOf = (firstRow: number, rows: number) => {
    const pixels = { start: firstRow * full.widthPx, end: (firstRow + rows) * full.widthPx };
    const lightness = rgbToLightness(image.bitmap.subarray(4 * pixels.start, 4 * pixels.end), 4);
    const band = { firstRow, lightness, ab: new Float32Array(2 * lightness.length) };
    upsample(band);
    return { ...band, rgba: painted.bitmap.subarray(4 * pixels.start, 4 * pixels.end) };
  };
  const corrections = correctionsOf(points, {
    ...full,
    reachPx: POINT_REACH * full.widthPx / planes.widthPx,
    labAt: (x, y) => {
      const { lightness, ab } = bandOf(y, 1);
      return [lightness[x]!, ab[2 * x]!, ab[2 * x + 1]!];
    },
  });
  const bandRows = Math.ceil(BAND_PIXELS / full.widthPx);
  for (let row = 0; row < full.heightPx; row += bandRows) {
    const { rgba, ...band } = bandOf(row, Math.min(bandRows, full.heightPx - row));
    keepPoints(band, corrections, full);
    fitGamut(band);
    labToRgba(band, rgba);
  }
  return painted;
}

/** Enlarges the colors of one copy, or of several whose colors are added up. */
function summingUpsampler(
  copies: readonly SmallPlanes[],
  full: SizePx,
): ReturnType<typeof edgeAwareUpsampler> {
  const [first, ...others] = copies.map((planes) => edgeAwareUpsampler(planes, full));
  return (band) => {
    first!(band);
    for (const upsample of others) {
      const more = { ...band, ab: new Float32Array(band.ab.length) };
      upsample(more);
      more.ab.forEach((value, i) => band.ab[i]! += value);
    }
  };
}
