import type { Image } from "imagescript";
import { labToRgba, rgbToLightness } from "../color/lab.ts";
import type { Size } from "../hint/color_points.ts";
import { spreadGeodesic } from "../hint/geodesic.ts";
import { keepRest } from "../hint/keep_rest.ts";
import { spreadOptimized } from "../hint/optimization.ts";
import { type Seeds, setSeeds, type Spread, type SpreadOptions } from "../hint/seeds.ts";
import { resizePlaneArea } from "../image/resize.ts";
import { type SmallPlanes, upsampleEdgeAware } from "./edge_aware_upsample.ts";
import { fitGamut } from "./fit_gamut.ts";

/** How given colors spread over a picture without a network. */
export const PROPAGATION_METHODS = ["geodesic", "optimization"] as const;

export type PropagationMethod = typeof PROPAGATION_METHODS[number];

/** Optimization sees a copy of larger pictures: this many pixels take it three seconds. */
const MAX_OPTIMIZED_PIXELS = 40_000;

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
  const lightness = rgbToLightness(image.bitmap, 4);
  const spread = method === "geodesic" ? spreadGeodesic : optimizeOnCopy;
  const options = { ...full, seeds };
  const ab = base
    ? keepRest(lightness, { ...options, base: upsampleEdgeAware(base, lightness, full), spread })
    : spread(lightness, options);
  fitGamut({ lightness, ab });
  const painted = image.clone(); // keeps the alpha
  labToRgba({ lightness, ab }, painted.bitmap);
  return painted;
}

/** Optimizes on a copy when a picture is large, and enlarges the colors along the edges. */
const optimizeOnCopy: Spread = (lightness, { seeds, ...full }) => {
  const small = copySize(full);
  if (small.widthPx === full.widthPx && small.heightPx === full.heightPx) {
    return spreadOptimized(lightness, { seeds, ...full });
  }
  const copy = resizePlaneArea(lightness, full, small);
  const copyAb = spreadOptimized(copy, { ...small, seeds: seedsOnCopy({ seeds, ...full }, small) });
  const ab = upsampleEdgeAware({ ...small, lightness: copy, ab: copyAb }, lightness, full);
  setSeeds(ab, seeds);
  return ab;
};

function copySize({ widthPx, heightPx }: Size): Size {
  const scale = Math.min(1, Math.sqrt(MAX_OPTIMIZED_PIXELS / (widthPx * heightPx)));
  const side = (px: number) => Math.max(1, Math.round(px * scale));
  return { widthPx: side(widthPx), heightPx: side(heightPx) };
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
