/** Several answers for one picture: the colors that its most uncertain parts may have. */
import type { AbMode } from "../color/ab_modes.ts";
import { randomOf } from "../hint/random.ts";
import type { SizePx } from "../image/resize.ts";
import { type ColorDistribution, predictDistribution, suggestColors } from "./distribution.ts";
import type { Model } from "./model.ts";
import { around, type MapPlace, mostUncertainPlace, placesOfRegion } from "./uncertain_region.ts";

/** What candidates are made for. */
export interface CandidateOptions extends SizePx {
  /** How many, the first being the plain answer. */
  count: number;
  /** The same candidates for the same seed. */
  seed: number;
  /** Hints of the user, a*, b* and mask, shape [H * W * 3]; every candidate keeps them. */
  hints?: Float32Array | undefined;
  /** L* with more detail, as in `SeenPlanes`. */
  closer?: readonly Float32Array[] | undefined;
  /** Called before each run of the network: to let others work, or to give up by throwing. */
  pause?: (() => void | Promise<void>) | undefined;
}

/** Modes that are drawn from at a place. */
const MODES = 8;
/** Half the side of the patch that carries a drawn color, in pixels of the network's input. */
const PATCH_RADIUS = 1;
/** A color that is so much less likely than the likeliest one is taken when there is no other. */
const LIKELY_SHARE = 0.2;
/** Bins within this many ab units of a mode are of its color, as in `ab_modes.ts`. */
const MODE_REACH = 25;
/** Of a drawn color, the part of its chroma that is kept: all of it would be a wash of pure color. */
const CHROMA_KEPT = 0.5;
/** Of the mode itself, where a place has next to nothing of it. */
const LEAST_WEIGHT = 1e-3;

/**
 * Draws hints for candidates: the first has those of the user alone. The others have colors of the
 * most uncertain place, each given to places all over the region that may have the same ones; then
 * the likeliest of them is taken there, and the next most uncertain place has its turn, until there
 * are enough. Which of them come, and in what order, is drawn by how likely they are. Fed to the
 * network, the hints color what belongs to them: candidates are coherent and differ.
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
  const { count, seed, hints, closer, widthPx, heightPx, pause } = options;
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`Cannot draw candidates: count must be 1 or more, got ${count}`);
  }
  if (count > 1 && !model.network.palette) {
    throw new RangeError(
      `Cannot draw candidates: the model must be a palette, got ${model.name}`,
    );
  }
  const size = { widthPx, heightPx };
  const answers: Answer[] = [];
  let decided = hints;
  while (answers.filter(({ isLikely }) => isLikely).length < count - 1) {
    await pause?.();
    const given = { ...size, closer, hints: decided };
    const distribution = await predictDistribution(model, lightness, given);
    const map = decided && halved(decided, size);
    const place = mostUncertainPlace(distribution, map);
    if (!place) break;
    const places = placesOfRegion(distribution, place, map);
    const modes = suggestColors(distribution, { ...place, count: MODES });
    const [likeliest, ...others] = modes.map((mode) => ({
      isLikely: mode.share >= LIKELY_SHARE * modes[0]!.share,
      share: mode.share,
      hints: withHints(decided, colorsNear(distribution, mode, places), size),
    }));
    answers.push(...others); // the likeliest one is what the plain answer shows
    decided = likeliest!.hints;
  }
  return [hints, ...drawn(answers, randomOf(seed)).slice(0, count - 1).map(({ hints }) => hints)];
}

/** A color of a region that the plain answer does not show. */
interface Answer {
  /** Whether it is about as likely as what the plain answer shows. */
  isLikely: boolean;
  /** Share of the distribution at the region's place. */
  share: number;
  hints: Float32Array;
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

/** In the order of weighted draws without putting back, likely ones before all others. */
function drawn(answers: Answer[], random: () => number): Answer[] {
  // Efraimidis and Spirakis 2006: the keys u^(1 / w) sorted give just that order.
  return answers.map((answer) => ({ answer, key: Math.log(random()) / answer.share }))
    .sort((one, other) =>
      Number(other.answer.isLikely) - Number(one.answer.isLikely) || other.key - one.key
    )
    .map(({ answer }) => answer);
}

/** What each place has of a color: the mean of its own bins around it, somewhat paler. */
function colorsNear(
  { shares, bins, binCenters, widthPx }: ColorDistribution,
  mode: AbMode,
  places: readonly MapPlace[],
): ColoredPlace[] {
  return places.map((place) => {
    const start = (place.y * widthPx + place.x) * bins;
    const sum = { a: LEAST_WEIGHT * mode.a, b: LEAST_WEIGHT * mode.b, share: LEAST_WEIGHT };
    for (let bin = 0; bin < bins; bin++) {
      const [a, b] = [binCenters[2 * bin]!, binCenters[2 * bin + 1]!];
      if (Math.hypot(a - mode.a, b - mode.b) > MODE_REACH) continue;
      sum.a += shares[start + bin]! * a;
      sum.b += shares[start + bin]! * b;
      sum.share += shares[start + bin]!;
    }
    const factor = CHROMA_KEPT / sum.share;
    return { ...place, a: factor * sum.a, b: factor * sum.b };
  });
}

interface ColoredPlace extends MapPlace {
  a: number;
  b: number;
}

/** Hints with more patches; their places are given on the map of half the sides. */
function withHints(
  hints: Float32Array | undefined,
  places: readonly ColoredPlace[],
  { widthPx, heightPx }: SizePx,
): Float32Array {
  const more = hints?.slice() ?? new Float32Array(3 * widthPx * heightPx);
  for (const { x, y, a, b } of places) {
    const place = { x: 2 * x, y: 2 * y, widthPx, heightPx };
    for (const at of around(place, PATCH_RADIUS)) more.set([a, b, 1], 3 * at);
  }
  return more;
}
