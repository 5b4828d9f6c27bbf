/** The parts of a picture whose color is open, and what belongs to them. */
import type { SizePx } from "../image/resize.ts";
import { type ColorDistribution, uncertaintyOf } from "./distribution.ts";

/** A pixel of the map. */
export interface MapPlace {
  x: number;
  y: number;
}

/** Places this near to a hint, in pixels of the map, are decided already. */
const DECIDED_RADIUS = 3;
/**
 * Of two distributions, what they share: above it both are of one thing. Less than this, and regions
 * spread over whole pictures, which get one color all over.
 */
const LEAST_OVERLAP = 0.85;
/** Between places that stand for a region, in pixels of the map. */
const SPACING = 4;

/**
 * Finds the undecided place with the highest mean uncertainty around it.
 * @param decided 1 where a color is given, shape [heightPx * widthPx]; none when left out.
 * @returns Undefined when every place is decided.
 */
export function mostUncertainPlace(
  distribution: ColorDistribution,
  decided?: Uint8Array,
): MapPlace | undefined {
  const { widthPx, heightPx } = distribution;
  const uncertainty = uncertaintyOf(distribution);
  let best: MapPlace & { mean: number } | undefined;
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      if (decided && isNear(decided, { x, y, widthPx, heightPx })) continue;
      const mean = meanAround(uncertainty, { x, y, widthPx, heightPx });
      if (!best || mean > best.mean) best = { x, y, mean };
    }
  }
  return best && { x: best.x, y: best.y };
}

/**
 * Places that stand for the region of one: of the pixels that hang together with it and may have
 * the same colors, itself and others some pixels apart, none near to a color that is given.
 */
export function placesOfRegion(
  distribution: ColorDistribution,
  start: MapPlace,
  decided?: Uint8Array,
): MapPlace[] {
  const { widthPx, heightPx } = distribution;
  const places = [...regionOf(distribution, start)]
    .map((at) => ({ x: at % widthPx, y: Math.floor(at / widthPx) }))
    .filter(({ x, y }) => (x - start.x) % SPACING === 0 && (y - start.y) % SPACING === 0);
  return places.filter((place) => {
    const isStart = place.x === start.x && place.y === start.y;
    return isStart || !decided || !isNear(decided, { ...place, widthPx, heightPx });
  });
}

function regionOf(distribution: ColorDistribution, { x, y }: MapPlace): Set<number> {
  const { widthPx, heightPx } = distribution;
  const start = y * widthPx + x;
  const region = new Set([start]);
  for (const at of region) { // grows meanwhile
    const column = at % widthPx;
    const next = [
      ...(column > 0 ? [at - 1] : []),
      ...(column < widthPx - 1 ? [at + 1] : []),
      at - widthPx,
      at + widthPx,
    ];
    for (const other of next) {
      if (other < 0 || other >= widthPx * heightPx || region.has(other)) continue;
      if (overlap(distribution, start, other) > LEAST_OVERLAP) region.add(other);
    }
  }
  return region;
}

/** The intersection of two distributions, 0 to 1. */
function overlap({ shares, bins }: ColorDistribution, one: number, other: number): number {
  let sum = 0;
  for (let bin = 0; bin < bins; bin++) {
    sum += Math.min(shares[one * bins + bin]!, shares[other * bins + bin]!);
  }
  return sum;
}

/** A place, and the size of the map that it is on. */
export interface PlaceOnMap extends MapPlace, SizePx {}

/** Indexes of the pixels around a place that are on the map. */
export function around({ x, y, widthPx, heightPx }: PlaceOnMap, radius: number): number[] {
  const at: number[] = [];
  const [right, bottom] = [Math.min(widthPx - 1, x + radius), Math.min(heightPx - 1, y + radius)];
  for (let row = Math.max(0, y - radius); row <= bottom; row++) {
    for (let column = Math.max(0, x - radius); column <= right; column++) {
      at.push(row * widthPx + column);
    }
  }
  return at;
}

/** Over 5x5 pixels, fewer at the border count as sure: a region is sought, not an edge. */
function meanAround(values: Float32Array, place: PlaceOnMap): number {
  return around(place, 2).reduce((sum, at) => sum + values[at]!, 0) / 25;
}

function isNear(decided: Uint8Array, place: PlaceOnMap): boolean {
  return around(place, DECIDED_RADIUS).some((at) => decided[at]);
}
