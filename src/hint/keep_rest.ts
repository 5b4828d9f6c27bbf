import { boxMean } from "./box_mean.ts";
import type { Size } from "./color_points.ts";
import { findNearestColors, type NearestColors, nearestDistance } from "./nearest_colors.ts";
import { checkSeeds, setSeeds, type Spread, type SpreadOptions } from "./seeds.ts";
import { indexInTiles, rightOf } from "./tile_grid.ts";

/** How far corrections reach: L* that change on the way. */
const REACH = 20;
/**
 * Both sides together over the radius of the mean that distances are measured on: grain and waves
 * would add up to borders, and a blurred border is as high as a sharp one.
 */
const CALMED_PART = 300;

/**
 * Corrects colors near given ones and keeps the rest: what the given pixels differ by is spread, and
 * added less and less up to a geodesic distance of 20 L* in the calmed picture, beyond which nothing
 * changes.
 * @param lightness L*, 0..100, shape [heightPx * widthPx].
 * @param options.base The colors that are there: interleaved a*, b*, shape [heightPx * widthPx * 2].
 * @param options.spread How differences are spread, in the shape of colors.
 * @returns As `base`; at given pixels exactly their colors.
 * @throws {RangeError} When there is no seed, or one lies outside, or a length does not fit.
 */
export function keepRest(
  lightness: Float32Array,
  { base, seeds, spread, ...size }: SpreadOptions & { base: Float32Array; spread: Spread },
): Float32Array {
  checkSeeds(seeds, { lightness, ...size });
  if (base.length !== 2 * lightness.length) {
    throw new RangeError(
      `Cannot correct colors: base must have ${2 * lightness.length} values, got ${base.length}`,
    );
  }
  const { pixels } = seeds;
  const missing = seeds.ab.map((value, i) => value - base[2 * pixels[i >> 1]! + (i & 1)]!);
  const ab = spread(lightness, { ...size, seeds: { pixels, ab: missing } });
  const radius = Math.round((size.widthPx + size.heightPx) / CALMED_PART);
  const nearest = findNearestColors(boxMean(lightness, { ...size, radius }), {
    ...size,
    ...{ pixels, colors: new Uint8Array(pixels.length), maxRatio: 1, reach: REACH },
  });
  addFading(ab, { base, nearest, ...size });
  setSeeds(ab, seeds);
  return ab;
}

/** Turns corrections into colors, in place. */
function addFading(
  ab: Float32Array,
  { base, nearest, widthPx, heightPx }: Size & { base: Float32Array; nearest: NearestColors },
): void {
  const { grid, state, unitsPerLightness } = nearest;
  for (let y = 0, to = 0; y < heightPx; y++) {
    let index = indexInTiles(grid, { x: 0, y });
    for (let x = 0; x < widthPx; x++, to += 2, index = rightOf(index)) {
      const part = nearestDistance(state, index) / (REACH * unitsPerLightness);
      const weight = part < 1 ? (1 - part * part) ** 2 : 0; // smooth at both ends
      ab[to] = base[to]! + weight * ab[to]!;
      ab[to + 1] = base[to + 1]! + weight * ab[to + 1]!;
    }
  }
}
