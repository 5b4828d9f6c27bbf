import type { Size } from "./color_points.ts";
import { mergeColors } from "./merge_colors.ts";
import {
  colorInSlot,
  COLORS_PER_PIXEL,
  findNearestColors,
  MAX_COLORS,
  type NearestColors,
  nearestDistance,
  NO_COLOR,
} from "./nearest_colors.ts";
import { checkSeeds, setSeeds, type SpreadOptions } from "./seeds.ts";
import { indexInTiles, rightOf } from "./tile_grid.ts";

/** Borders between colors get sharper with it; Yatziv and Sapiro take 1 to 6. */
const DEFAULT_POWER = 4;
/** Of the nearest color's weight: colors with less are left out. */
const LEAST_WEIGHT = 1 / 16;
/** Cells of the table of weights. */
const WEIGHT_CELLS = 4096;

/**
 * Spreads given colors over a picture by chrominance blending: each pixel mixes its nearest colors,
 * up to three, by the power -b of their geodesic distances, see `findNearestColors`. A sixteenth of
 * the nearest one's weight is taken off all: a color that has less, for b = 4 from twice the
 * distance on, has none and need not be followed. Given pixels have exactly their colors.
 * @param lightness L*, 0..100, shape [heightPx * widthPx].
 * @param options.power b, above 0.
 * @returns Interleaved a*, b*, shape [heightPx * widthPx * 2].
 * @throws {RangeError} When there is no seed, or one lies outside, or a length does not fit.
 * @see Yatziv and Sapiro 2006, "Fast image and video colorization using chrominance blending".
 */
export function spreadGeodesic(
  lightness: Float32Array,
  { seeds, power = DEFAULT_POWER, ...size }: SpreadOptions & { power?: number },
): Float32Array {
  checkSeeds(seeds, { lightness, ...size });
  const { numbers, colors } = mergeColors(seeds.ab, MAX_COLORS);
  const nearest = findNearestColors(lightness, {
    ...size,
    ...{ pixels: seeds.pixels, colors: numbers },
    maxRatio: Math.max(2, Math.round(LEAST_WEIGHT ** (-1 / power))),
  });
  const mixed = mixColors(nearest, { ...size, colors, power });
  setSeeds(mixed, seeds);
  return mixed;
}

/** Mixes the nearest colors of each pixel, but for given ones. */
function mixColors(
  { grid, state }: NearestColors,
  { widthPx, heightPx, colors, power }: Size & { colors: Float32Array; power: number },
): Float32Array {
  const ab = new Float32Array(2 * widthPx * heightPx);
  const weights = weightsOf(power);
  for (let y = 0, to = 0; y < heightPx; y++) {
    let index = indexInTiles(grid, { x: 0, y });
    for (let x = 0; x < widthPx; x++, to += 2, index = rightOf(index)) {
      const scale = WEIGHT_CELLS * nearestDistance(state, index);
      let a = 0, b = 0, sum = 0;
      for (let slot = 0; slot < COLORS_PER_PIXEL; slot++) {
        const color = colorInSlot(state, index, slot);
        if (color === NO_COLOR) continue;
        const weight = weights[(scale / state[index + slot]!) | 0]!;
        a += weight * colors[2 * color]!;
        b += weight * colors[2 * color + 1]!;
        sum += weight;
      }
      if (sum === 0) continue; // a given pixel, at no distance
      ab[to] = a / sum;
      ab[to + 1] = b / sum;
    }
  }
  return ab;
}

/** Weights by the nearest distance over a color's own, 0..1 in cells. */
function weightsOf(power: number): Float32Array {
  return Float32Array.from(
    { length: WEIGHT_CELLS + 1 },
    (_, cell) => Math.max(0, (cell / WEIGHT_CELLS) ** power - LEAST_WEIGHT),
  );
}
