/** How well and how fast colors are enlarged along edges, beside plain bilinear interpolation. */
import { ciede2000 } from "../../src/color/ciede2000.ts";
import { type LabPlanes, rgbToLab } from "../../src/color/lab.ts";
import { type SmallPlanes, upsampleEdgeAware } from "../../src/colorize/edge_aware_upsample.ts";
import { fitGamut } from "../../src/colorize/fit_gamut.ts";
import { smallSize } from "../../src/colorize/small_size.ts";
import { decodeImage } from "../../src/image/decode.ts";
import {
  resizeArea,
  resizePlaneArea,
  type SizePx,
  upsamplePlanesBilinear,
} from "../../src/image/resize.ts";
import { median } from "./turns.ts";

/** Mean CIEDE2000 against the original, and the time of enlarging. */
export interface UpsampleQuality {
  photos: number;
  edgeAwareDeltaE: number;
  bilinearDeltaE: number;
  msPerMegapixel: number;
}

const SHORT_SIDE_PX = 64;
const RUNS = 7;
const MEGAPIXEL = { widthPx: 1000, heightPx: 1000 };

/**
 * Averages the true colors of photographs to a short side of 64 pixels, enlarges them again, and
 * compares with the truth.
 * @param paths Color photographs.
 */
export async function benchUpsample(paths: string[]): Promise<UpsampleQuality> {
  const sums = { edgeAware: 0, bilinear: 0 };
  for (const path of paths) {
    const { bitmap, width, height } = await decodeImage(await Deno.readFile(path), { name: path });
    const full = { widthPx: width, heightPx: height };
    const truth = rgbToLab(bitmap, 4);
    const small = averageColors(truth, bitmap, full);
    sums.edgeAware += deltaE(truth, upsampleEdgeAware(small, truth.lightness, full));
    sums.bilinear += deltaE(
      truth,
      upsamplePlanesBilinear(small.ab, { ...small, channels: 2 }, full),
    );
  }
  return {
    photos: paths.length,
    edgeAwareDeltaE: sums.edgeAware / paths.length,
    bilinearDeltaE: sums.bilinear / paths.length,
    msPerMegapixel: medianMs(),
  };
}

/** Median time of enlarging 64x64 colors to a megapixel, after a run that warms up. */
function medianMs(): number {
  const small = { widthPx: SHORT_SIDE_PX, heightPx: SHORT_SIDE_PX };
  const slope = (length: number) => Float32Array.from({ length }, (_, i) => i % 101);
  const planes = {
    ...small,
    lightness: slope(SHORT_SIDE_PX ** 2),
    ab: slope(2 * SHORT_SIDE_PX ** 2),
  };
  const lightness = slope(MEGAPIXEL.widthPx * MEGAPIXEL.heightPx);
  const durationsMs = Array.from({ length: RUNS + 1 }, () => {
    const startMs = performance.now();
    upsampleEdgeAware(planes, lightness, MEGAPIXEL);
    return performance.now() - startMs;
  });
  return median(durationsMs.slice(1))!;
}

/** What a perfect network would give: the true ab, averaged, with the copy's own lightness. */
function averageColors(truth: LabPlanes, bitmap: Uint8ClampedArray, full: SizePx): SmallPlanes {
  const small = smallSize(full, { sizePx: SHORT_SIDE_PX });
  const plane = (offset: number) =>
    resizePlaneArea(truth.lightness.map((_, i) => truth.ab[2 * i + offset]!), full, small);
  const [a, b] = [plane(0), plane(1)];
  const copy = resizeArea({ data: bitmap, ...full, channels: 4 }, small);
  const ab = Float32Array.from({ length: 2 * a.length }, (_, i) => (i % 2 === 0 ? a : b)[i >> 1]!);
  return { ...small, lightness: rgbToLab(copy, 4).lightness, ab };
}

function deltaE(truth: LabPlanes, ab: Float32Array): number {
  fitGamut({ lightness: truth.lightness, ab });
  const differences = ciede2000(truth, { lightness: truth.lightness, ab });
  return differences.reduce((sum, value) => sum + value, 0) / differences.length;
}
