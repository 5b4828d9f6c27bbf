import type { Image } from "imagescript";
import { labToRgba, rgbToLightness } from "../color/lab.ts";
import type { Size } from "../hint/color_points.ts";
import { spreadGeodesic } from "../hint/geodesic.ts";
import { keepRest } from "../hint/keep_rest.ts";
import { spreadOptimized } from "../hint/optimization.ts";
import type { GrayPicture } from "../hint/gray_picture.ts";
import type { Seeds, Spread, SpreadOptions } from "../hint/seeds.ts";
import { type SmallPlanes, upsampleEdgeAware } from "./edge_aware_upsample.ts";
import { fitGamut } from "./fit_gamut.ts";
import { labCopyWithin } from "./lab_copy.ts";
import { paint } from "./paint.ts";

/** How given colors spread over a picture without a network. */
export const PROPAGATION_METHODS = ["geodesic", "optimization"] as const;

export type PropagationMethod = typeof PROPAGATION_METHODS[number];

/**
 * How each way spreads colors, and of what size the copy is that it does so in where a picture has
 * more pixels than it can do in some seconds, and in some hundred megabytes.
 */
const WAYS: Record<PropagationMethod, { spread: Spread; maxPixels: number; copyPixels: number }> = {
  geodesic: { spread: spreadGeodesic, maxPixels: 2 ** 24, copyPixels: 2 ** 22 },
  optimization: { spread: spreadOptimized, maxPixels: 40_000, copyPixels: 40_000 },
};

/**
 * Colorizes a picture of any size by the colors that a person gave: its lightness is kept, and given
 * pixels have exactly their colors as far as sRGB can show them at that lightness.
 * @param options.base What a network predicted: only what is near given colors is corrected.
 * @returns A new picture of the same size with the same alpha.
 * @throws {RangeError} When no color is given, or one outside the picture.
 * @throws {Error} When optimization does not converge.
 */
export function propagateColors(
  image: Image,
  { method, seeds, base }: {
    method: PropagationMethod;
    seeds: Seeds;
    base?: SmallPlanes | undefined;
  },
): Image {
  const full = { widthPx: image.width, heightPx: image.height };
  const { spread, maxPixels, copyPixels } = WAYS[method];
  if (full.widthPx * full.heightPx > maxPixels) {
    const copy = labCopyWithin(image, copyPixels);
    const ab = spreadOver(copy, { seeds: seedsOnCopy({ seeds, ...full }, copy), base, spread });
    const painted = paint(image, { ...copy, ab });
    paintSeeds(painted, seeds, image);
    return painted;
  }
  const lightness = rgbToLightness(image.bitmap, 4);
  const ab = spreadOver({ lightness, ...full }, { seeds, base, spread });
  fitGamut({ lightness, ab });
  const painted = image.clone(); // keeps the alpha
  labToRgba({ lightness, ab }, painted.bitmap);
  return painted;
}

function spreadOver(
  { lightness, widthPx, heightPx }: GrayPicture,
  { seeds, base, spread }: { seeds: Seeds; base: SmallPlanes | undefined; spread: Spread },
): Float32Array {
  const options = { widthPx, heightPx, seeds };
  return base
    ? keepRest(lightness, { ...options, base: upsampleEdgeAware(base, lightness, options), spread })
    : spread(lightness, options);
}

/** Gives pixels exactly their colors at their own lightness. */
function paintSeeds(painted: Image, { pixels, ab }: Seeds, { bitmap }: Image): void {
  for (const [i, pixel] of pixels.entries()) {
    const lightness = rgbToLightness(bitmap.subarray(4 * pixel, 4 * pixel + 4), 4);
    const color = { lightness, ab: ab.slice(2 * i, 2 * i + 2) };
    fitGamut(color);
    labToRgba(color, painted.bitmap.subarray(4 * pixel, 4 * pixel + 4));
  }
}

/** The pixels of a copy that given ones lie in. */
function seedsOnCopy({ seeds, ...full }: SpreadOptions, small: Size): Seeds {
  const pixels = seeds.pixels.map((pixel) => {
    const x = pixel % full.widthPx, y = Math.floor(pixel / full.widthPx);
    const column = Math.floor((x + 0.5) * small.widthPx / full.widthPx);
    return Math.floor((y + 0.5) * small.heightPx / full.heightPx) * small.widthPx + column;
  });
  return { pixels, ab: seeds.ab };
}
