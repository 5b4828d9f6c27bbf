import { BucketQueue } from "./bucket_queue.ts";
import { indexInTiles, LANES, neighborsOf, rightOf, type TileGrid, tileGrid } from "./tile_grid.ts";

/** Colors that are kept of each pixel. */
export const COLORS_PER_PIXEL = 3;
/** Colors that a picture may have: a pixel keeps their numbers in seven bits. */
export const MAX_COLORS = 127;
/** The number of no color. */
export const NO_COLOR = 127;
/** L* that a path along two sides of the picture costs by its steps alone. */
const CROSSING_COST = 10;

/** Lightness in whole levels, 0 to 2047: finer than 8-bit gray, and 11 bits. */
const LEVELS = 2048;
const LEVELS_PER_LIGHTNESS = (LEVELS - 1) / 100;
const COLOR_BITS = 7;
const LEVEL_SHIFT = COLORS_PER_PIXEL * COLOR_BITS;
/** The same number in each of the three places for one. */
const EVERY_PLACE = 1 + (1 << COLOR_BITS) + (1 << (2 * COLOR_BITS));
const NOT_REACHED = 2 ** 30 - 1;
/** Entries of the queue are slots, a pixel's index plus 0 to 2, and the side they came from. */
const SIDE_BITS = 2;
const SIDES = 4;
/** Levels of a bucket, as a power of two. */
const BUCKET_LEVELS_LOG2 = 2;

/** Pixels that colors start from, and how far they go. */
export interface ColorStarts {
  widthPx: number;
  heightPx: number;
  /** Indexes of pixels, row * widthPx + column; of several with one index the last counts. */
  pixels: Uint32Array;
  /** The number of each one's color, below `MAX_COLORS`. */
  colors: Uint8Array;
  /** A color stops where it is more than so many times as far as the nearest one. */
  maxRatio: number;
  /** L* after which colors stop; nowhere when left out. */
  reach?: number | undefined;
}

/** The nearest colors of each pixel. */
export interface NearestColors {
  grid: TileGrid;
  /**
   * Four numbers for each pixel of the grid: three distances, in no order, then seven bits each for
   * the numbers of their colors, the first one lowest, below the pixel's level.
   */
  state: Int32Array;
  unitsPerLightness: number;
}

/** What spreading works on. */
interface Spreading extends Omit<NearestColors, "unitsPerLightness"> {
  queue: BucketQueue;
  unitsPerLevel: number;
  bucketShift: number;
  maxRatio: number;
  /** Colors stop beyond. */
  limit: number;
  neighbors: Int32Array;
}

/**
 * Finds the three colors that are nearest to each pixel, by what the lightness changes on the way:
 * a step to one of the four neighbors costs the difference of lightness, and a little for itself,
 * 10 L* along two sides of the picture (more above 10,000 px), so that flat areas have distances.
 * @param lightness L*, 0..100, shape [heightPx * widthPx], up to 2^27; counted in steps of 1/20.
 * @see Yatziv and Sapiro 2006, "Fast image and video colorization using chrominance blending".
 */
export function findNearestColors(lightness: Float32Array, starts: ColorStarts): NearestColors {
  const grid = tileGrid(starts);
  const unitsPerLevel = unitsFor(starts);
  const unitsPerLightness = unitsPerLevel * LEVELS_PER_LIGHTNESS;
  const bucketShift = BUCKET_LEVELS_LOG2 + Math.floor(Math.log2(unitsPerLevel));
  const largestStep = (LEVELS - 1) * unitsPerLevel + 1;
  const spreading: Spreading = {
    ...{ grid, unitsPerLevel, bucketShift, maxRatio: starts.maxRatio },
    state: layOut(lightness, grid, starts.widthPx),
    queue: new BucketQueue((largestStep >> bucketShift) + 1),
    limit: Math.min(NOT_REACHED, Math.floor((starts.reach ?? Infinity) * unitsPerLightness)),
    neighbors: new Int32Array(SIDES),
  };
  plant(spreading, starts);
  spread(spreading);
  return { grid, state: spreading.state, unitsPerLightness };
}

/** The distance of a pixel's nearest color, in units; `NOT_REACHED` where there is none. */
export function nearestDistance(state: Int32Array, index: number): number {
  const one = state[index]!, two = state[index + 1]!, three = state[index + 2]!;
  const nearer = one < two ? one : two;
  return nearer < three ? nearer : three;
}

/** The number of the color in a slot; `NO_COLOR` when there is none. */
export function colorInSlot(state: Int32Array, index: number, slot: number): number {
  return (state[index + COLORS_PER_PIXEL]! >> (COLOR_BITS * slot)) & NO_COLOR;
}

/** A step itself costs one unit: so many to a level make the steps as cheap as they shall be. */
function unitsFor({ widthPx, heightPx }: ColorStarts): number {
  const sides = widthPx + heightPx;
  const wanted = Math.round(sides / (CROSSING_COST * LEVELS_PER_LIGHTNESS));
  // No path can cost more than one along two sides; it must stay below 2^30.
  const most = Math.floor((NOT_REACHED / sides - 1) / LEVELS);
  return Math.max(1, Math.min(wanted, most));
}

/** The state before anything is reached; at the border nothing ever is, for there 0 is reached. */
function layOut(lightness: Float32Array, grid: TileGrid, widthPx: number): Int32Array {
  const state = new Int32Array(grid.length);
  for (let pixel = 0, y = 0; pixel < lightness.length; y++) {
    let index = indexInTiles(grid, { x: 0, y });
    for (let x = 0; x < widthPx; x++, pixel++, index = rightOf(index)) {
      const level = Math.min(100, Math.max(0, lightness[pixel]!)) * LEVELS_PER_LIGHTNESS;
      state[index] = state[index + 1] = state[index + 2] = NOT_REACHED;
      state[index + COLORS_PER_PIXEL] = (Math.round(level) << LEVEL_SHIFT) |
        (NO_COLOR * EVERY_PLACE);
    }
  }
  return state;
}

function plant({ state, grid, queue }: Spreading, { widthPx, pixels, colors }: ColorStarts): void {
  for (let i = 0; i < pixels.length; i++) {
    const x = pixels[i]! % widthPx, y = Math.floor(pixels[i]! / widthPx);
    const index = indexInTiles(grid, { x, y });
    state[index] = 0;
    state[index + COLORS_PER_PIXEL] = (state[index + COLORS_PER_PIXEL]! & ~NO_COLOR) | colors[i]!;
    // It was reached from no side: what one entry leaves out, the other one does.
    queue.push(0, index << SIDE_BITS);
    queue.push(0, (index << SIDE_BITS) | 1);
  }
}

function spread(spreading: Spreading): void {
  const { queue } = spreading;
  for (let bucket = 0; queue.size > 0; bucket++) {
    for (let start = queue.takeBlock(bucket); start !== 0; start = queue.takeBlock(bucket)) {
      const end = queue.takenEnd;
      for (let i = start; i < end; i++) offer(spreading, queue.pool[i]!, bucket);
      queue.giveBack(start);
    }
  }
}

/** Offers the color of a slot to the neighbors of its pixel, but for the one that it came from. */
function offer(spreading: Spreading, entry: number, bucket: number): void {
  const { state, grid, queue, unitsPerLevel, bucketShift, maxRatio, limit, neighbors } = spreading;
  const at = entry >>> SIDE_BITS, slot = at & (LANES - 1), index = at - slot;
  const start = state[at]!;
  // A shorter way to this slot was found since, or one for a color that is much nearer.
  if (start >> bucketShift !== bucket || start > maxRatio * nearestDistance(state, index)) return;
  const level = state[index + COLORS_PER_PIXEL]! >>> LEVEL_SHIFT;
  const color = colorInSlot(state, index, slot);
  neighborsOf(index, grid, neighbors);
  for (let side = 0; side < SIDES; side++) {
    if (side === (entry & (SIDES - 1))) continue;
    const to = neighbors[side]!;
    const other = state[to + COLORS_PER_PIXEL]!;
    const distance = start + 1 + unitsPerLevel * Math.abs(level - (other >>> LEVEL_SHIFT));
    const place = placeFor(state, to, other ^ (color * EVERY_PLACE));
    if (distance >= state[to + place]! || distance > limit) continue;
    if (distance > maxRatio * nearestDistance(state, to)) continue;
    state[to + place] = distance;
    const shift = COLOR_BITS * place;
    state[to + COLORS_PER_PIXEL] = (other & ~(NO_COLOR << shift)) | (color << shift);
    queue.push(distance >> bucketShift, ((to + place) << SIDE_BITS) | (side ^ 1));
  }
}

/** The slot of a pixel that has the color already, else the one with the farthest color. */
function placeFor(state: Int32Array, index: number, differing: number): number {
  if ((differing & NO_COLOR) === 0) return 0;
  if ((differing & (NO_COLOR << COLOR_BITS)) === 0) return 1;
  if ((differing & (NO_COLOR << (2 * COLOR_BITS))) === 0) return 2;
  const one = state[index]!, two = state[index + 1]!, three = state[index + 2]!;
  if (two > one) return three > two ? 2 : 1;
  return three > one ? 2 : 0;
}
