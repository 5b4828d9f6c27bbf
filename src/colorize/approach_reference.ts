import type { Image } from "imagescript";
import { chromaDistance } from "../color/chroma_distance.ts";
import type { LabPlanes } from "../color/lab.ts";
import { matchChroma } from "../color/match_chroma.ts";
import type { ColorPicture } from "../hint/gray_picture.ts";
import { transferWelsh } from "../hint/welsh.ts";
import { type SmallPlanes, upsampleEdgeAware } from "./edge_aware_upsample.ts";
import { fitGamut } from "./fit_gamut.ts";
import { labCopyWithin } from "./lab_copy.ts";

/** Steps of the way to the reference's colors as a whole. */
const STEPS = 8;
/** So near, in parts of the distance that Welsh's transfer leaves: bytes are rounded after all. */
const MARGIN = 0.95;
/**
 * Parts that Welsh's colors have in those that are moved, tried in turn. Equal colors move together;
 * where too much has one color, lightness and texture have to tell it apart.
 */
const WELSH_PARTS = [0, 0.5, 1];
/** Colors that sRGB cannot show at their lightness are left to others between turns of rounds. */
const TURNS = 4;
const ROUNDS_OF_TURN = 4;

/**
 * Moves colors towards those that the reference has as a whole, as little as it takes to be nearer to
 * it, by `chromaDistance`, than what Welsh's transfer makes: the further they move, the more places
 * have colors that do not belong there. Where none of the ways brings them nearer, the last one is
 * taken whole, which begins from Welsh's colors.
 * @param image The picture that the planes belong to.
 * @param options.source A copy of the reference, of about the planes' size.
 * @param options.seed Of Welsh's samples.
 * @param options.maxPixels Larger pictures are measured in copies of so many pixels.
 * @returns Colors of the planes' size.
 */
export function approachReference(
  planes: SmallPlanes,
  { image, reference, source, seed, maxPixels }: {
    image: Image;
    reference: Image;
    source: ColorPicture;
    seed: number;
    maxPixels: number;
  },
): SmallPlanes {
  const [target, goal] = [labCopyWithin(image, maxPixels), labCopyWithin(reference, maxPixels)];
  const distanceOf = (colors: LabPlanes) => {
    fitGamut(colors);
    return chromaDistance(colors.ab, goal.ab);
  };
  const { lightness } = target;
  const most = MARGIN * distanceOf({ lightness, ab: transferWelsh(target, goal, { seed }) });
  const isNear = (ab: Float32Array) => {
    const colors = upsampleEdgeAware({ ...planes, ab }, lightness, target);
    return distanceOf({ lightness, ab: colors }) <= most;
  };
  const welshAb = transferWelsh(planes, source, { seed });
  let wanted = planes.ab;
  for (const part of WELSH_PARTS) {
    const start = { lightness: planes.lightness, ab: mixed(planes.ab, welshAb, part) };
    wanted = withDistribution(start, source.ab);
    if (isNear(wanted)) break;
  }
  const first = firstStep((step) => isNear(mixed(planes.ab, wanted, step / STEPS)));
  return { ...planes, ab: mixed(planes.ab, wanted, first / STEPS) };
}

/** Moves colors to the distribution of a sample, as far as sRGB can show them. */
function withDistribution({ lightness, ab }: LabPlanes, sample: Float32Array): Float32Array {
  let moved = ab;
  for (let turn = 0; turn < TURNS; turn++) {
    const firstRound = turn * ROUNDS_OF_TURN;
    moved = matchChroma(moved, sample, { rounds: ROUNDS_OF_TURN, firstRound });
    fitGamut({ lightness, ab: moved });
  }
  return moved;
}

function mixed(ab: Float32Array, other: Float32Array, part: number): Float32Array {
  return ab.map((value, i) => value + part * (other[i]! - value));
}

/** The first step that is near enough, the last one if none before is: later ones are nearer. */
function firstStep(isNear: (step: number) => boolean): number {
  let [first, end] = [0, STEPS];
  while (first < end) {
    const middle = (first + end) >> 1;
    if (isNear(middle)) end = middle;
    else first = middle + 1;
  }
  return end;
}
