/** Several answers for one picture: the colors that its most uncertain parts may have. */
import type { AbMode } from "../color/ab_modes.ts";
import type { SizePx } from "../image/resize.ts";
import {
  type ColorDistribution,
  predictDistribution,
  suggestColors,
  uncertaintyOf,
} from "./distribution.ts";
import type { Model } from "./model.ts";

/** What candidates are made for. */
export interface CandidateOptions extends SizePx {
  /** How many, the first being the plain answer. */
  count: number;
  /** The same candidates for the same seed. */
  seed: number;
  /** Hints of the user, a*, b* and mask, shape [H * W * 3]; every candidate keeps them. */
  hints?: Float32Array | undefined;
}

/** Modes that are drawn from at a place. */
const MODES = 8;
/** Half the side of the patch that carries a drawn color, in pixels of the network's input. */
const PATCH_RADIUS = 1;
/** Places this near to a hint, in pixels of the map, are decided already. */
const DECIDED_RADIUS = 3;

/**
 * Draws hints for candidates: the first has those of the user alone. For each other one a color is
 * drawn for the most uncertain place from its own distribution, each mode once before any is drawn
 * again; from then on that color decides, and the next most uncertain place is drawn for. Fed to
 * the network, a hint colors all that belongs to it: candidates are coherent and differ.
 * @param lightness L*, 0..100, shape [H * W].
 * @returns Hints of each candidate, shape [H * W * 3], undefined for none; fewer than `count` when
 * every place is decided before so many were found.
 * @throws {RangeError} When `count` is no positive whole number, or the model is no palette.
 */
export async function drawCandidateHints(
  model: Model,
  lightness: Float32Array,
  options: CandidateOptions,
): Promise<(Float32Array | undefined)[]> {
  const { count, seed, hints, widthPx, heightPx } = options;
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`Cannot draw candidates: count must be 1 or more, got ${count}`);
  }
  const random = randomOf(seed);
  const candidates: (Float32Array | undefined)[] = [hints];
  let decided = hints;
  while (candidates.length < count) {
    const size = { widthPx, heightPx, hints: decided };
    const distribution = await predictDistribution(model, lightness, size);
    const place = mostUncertain(distribution, decided && halved(decided, { widthPx, heightPx }));
    if (!place) break;
    const modes = suggestColors(distribution, { ...place, count: MODES });
    const drawn = drawAll(modes.slice(1), random); // the first mode is what the plain answer shows
    const before = decided;
    for (const mode of drawn.slice(0, count - candidates.length)) {
      candidates.push(withHint(before, mode, { ...place, widthPx, heightPx }));
    }
    // Where one place has no more to offer, it takes its likeliest color and others are drawn for.
    decided = withHint(before, modes[0]!, { ...place, widthPx, heightPx });
  }
  return candidates;
}

/** The undecided place of the map with the highest mean uncertainty around it, if there is one. */
function mostUncertain(
  distribution: ColorDistribution,
  decided: Uint8Array | undefined,
): { x: number; y: number } | undefined {
  const { widthPx, heightPx } = distribution;
  const uncertainty = uncertaintyOf(distribution);
  let best: { x: number; y: number; mean: number } | undefined;
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      if (decided && isNear(decided, { x, y, widthPx, heightPx })) continue;
      const mean = meanAround(uncertainty, { x, y, widthPx, heightPx });
      if (!best || mean > best.mean) best = { x, y, mean };
    }
  }
  return best;
}

interface Place extends SizePx {
  x: number;
  y: number;
}

function around({ x, y, widthPx, heightPx }: Place, radius: number): number[] {
  const at: number[] = [];
  for (let row = Math.max(0, y - radius); row <= Math.min(heightPx - 1, y + radius); row++) {
    for (
      let column = Math.max(0, x - radius);
      column <= Math.min(widthPx - 1, x + radius);
      column++
    ) {
      at.push(row * widthPx + column);
    }
  }
  return at;
}

/** Over 5x5 pixels, fewer at the border count as unsure: a region is sought, not an edge. */
function meanAround(values: Float32Array, place: Place): number {
  return around(place, 2).reduce((sum, at) => sum + values[at]!, 0) / 25;
}

function isNear(decided: Uint8Array, place: Place): boolean {
  return around(place, DECIDED_RADIUS).some((at) => decided[at]);
}

/** Where hints lie on the map of half the sides. */
function halved(hints: Float32Array, { widthPx, heightPx }: SizePx): Uint8Array {
  const map = new Uint8Array((widthPx / 2) * (heightPx / 2));
  for (let at = 0; at < widthPx * heightPx; at++) {
    const [x, y] = [at % widthPx, Math.floor(at / widthPx)];
    if (hints[3 * at + 2]! > 0) map[(y >> 1) * (widthPx / 2) + (x >> 1)] = 1;
  }
  return map;
}

/** The order of weighted draws without putting back. */
function drawAll(modes: AbMode[], random: () => number): AbMode[] {
  // Efraimidis and Spirakis 2006: the keys u^(1 / w) sorted give just that order.
  return modes.map((mode) => ({ mode, key: Math.log(random()) / mode.share }))
    .sort((one, other) => other.key - one.key).map(({ mode }) => mode);
}

/** Hints with one more patch; its place is given on the map of half the sides. */
function withHint(
  hints: Float32Array | undefined,
  { a, b }: AbMode,
  { x, y, widthPx, heightPx }: Place,
): Float32Array {
  const more = hints?.slice() ?? new Float32Array(3 * widthPx * heightPx);
  const place = { x: 2 * x, y: 2 * y, widthPx, heightPx };
  for (const at of around(place, PATCH_RADIUS)) more.set([a, b, 1], 3 * at);
  return more;
}

/** Uniform numbers in 0..1, 0 excluded (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 1) / (2 ** 32 + 1);
  };
}
