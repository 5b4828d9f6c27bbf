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
  geodesic: { spread: spreadGeodesic, maxPixels: 2 ** 24, copyPixels: 2 ** 20 },
  optimization: { spread: spreadOptimized, maxPixels: 40_000, copyPixels: 40_000 },
};

/**
 * Colorizes a picture of any size by the colors that a person gave: its lightness is kept, and given
 * pixels have exactly their colors as far as sRGB can show them at that lightness. Large pictures are
 * seen in a copy, whose colors are enlarged along the edges.
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
    const below = base && { ...copy, ab: upsampleEdgeAware(base, copy.lightness, copy) };
    const own = seedsOnCopy({ seeds, ...full }, copy);
    const ab = spreadOver(copy, { seeds: own, base: below, spread });
    // What is far from given colors must be as it would be without them.
    const painted = base && below
      ? paint(image, base, { added: { ...copy, ab: ab.map((value, i) => value - below.ab[i]!) } })
      : paint(image, { ...copy, ab });
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
  const rgba = new Uint8ClampedArray(4 * pixels.length);
  pixels.forEach((pixel, i) => rgba.set(bitmap.subarray(4 * pixel, 4 * pixel + 4), 4 * i));
  const colors = { lightness: rgbToLightness(rgba, 4), ab: ab.slice() };
  fitGamut(colors);
  labToRgba(colors, rgba); // keeps the alpha
  pixels.forEach((pixel, i) => painted.bitmap.set(rgba.subarray(4 * i, 4 * i + 4), 4 * pixel));
}

/** The pixels of a copy that given ones lie in; of several in one the last counts. */
function seedsOnCopy({ seeds, ...full }: SpreadOptions, small: Size): Seeds {
  const lastIn = new Map<number, number>();
  seeds.pixels.forEach((pixel, i) => {
    const x = pixel % full.widthPx, y = Math.floor(pixel / full.widthPx);
    const column = Math.floor((x + 0.5) * small.widthPx / full.widthPx);
    const row = Math.floor((y + 0.5) * small.heightPx / full.heightPx);
    lastIn.set(row * small.widthPx + column, i);
  });
  const ab = new Float32Array(2 * lastIn.size);
  let to = 0;
  for (const i of lastIn.values()) {
    ab[to++] = seeds.ab[2 * i]!;
    ab[to++] = seeds.ab[2 * i + 1]!;
  }
  return { pixels: Uint32Array.from(lastIn.keys()), ab };
}
