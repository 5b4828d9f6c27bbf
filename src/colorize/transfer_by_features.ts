import type { Image } from "imagescript";
import type { ColorPicture, GrayPicture } from "../hint/gray_picture.ts";
import { matchColors } from "../hint/match_colors.ts";
import { resizePlaneArea } from "../image/resize.ts";
import { approachReference } from "./approach_reference.ts";
import { type SmallPlanes, upsampleEdgeAware } from "./edge_aware_upsample.ts";
import { comparedSize, featureCosts, placesOf } from "./feature_costs.ts";
import { labCopy } from "./lab_copy.ts";
import { hintsOfMatches, keepMatches } from "./match_hints.ts";
import type { Model } from "./model.ts";
import { paint } from "./paint.ts";
import { predictPlanes } from "./predict.ts";
import { makeSmallCopy, type SmallCopy } from "./small_copy.ts";
import { WELSH_PIXELS } from "./transfer_by_welsh.ts";

/** Copies in which the places of two pictures are compared. */
export interface ComparedCopies {
  /** Of the picture to color. */
  target: GrayPicture;
  /** Of the reference. */
  source: ColorPicture;
}

/**
 * Colors a picture by what a palette sees in it and in a reference: places get the colors of those
 * that they resemble; sure ones, spread out, are hints by which the network colors the rest; at last
 * all colors come nearer to those of the reference as a whole.
 * @param options.sizePx Short side of the copy that the network colors.
 * @param options.seed Of what the result is compared with.
 * @throws {RangeError} When the model is no palette, or an option does not fit.
 * @throws {DOMException} `AbortError`, when the signal asked to stop.
 */
export async function transferByFeatures(
  image: Image,
  reference: Image,
  { model, seed, sizePx = model.sizePx, signal }: {
    model: Model;
    seed: number;
    sizePx?: number | undefined;
    signal?: AbortSignal | undefined;
  },
): Promise<Image> {
  const compared = comparedCopies(image, reference);
  const planes = await predictMatched(model, makeSmallCopy(image, { sizePx }), {
    ...compared,
    signal,
  });
  signal?.throwIfAborted();
  return paintMatched(image, planes, { reference, compared, seed });
}

/** Makes the copies, which is all that the network needs of the reference. */
export function comparedCopies(image: Image, reference: Image): ComparedCopies {
  return { target: comparedCopy(image), source: comparedCopy(reference) };
}

/**
 * Predicts the colors of a picture by the places of the reference that resemble its own.
 * @param copy What the network colors.
 * @returns Colors of the copy, before they come nearer to the reference's as a whole.
 * @throws {RangeError} When the model is no palette.
 * @throws {DOMException} `AbortError`, when the signal asked to stop.
 */
export async function predictMatched(
  model: Model,
  { small, lightness }: Pick<SmallCopy, "small" | "lightness">,
  { target, source, signal }: ComparedCopies & { signal?: AbortSignal | undefined },
): Promise<SmallPlanes> {
  const matched = matchColors(await featureCosts(model, target, source), abOfPlaces(source));
  signal?.throwIfAborted();
  const places = placesOf(target);
  const hints = hintsOfMatches(matched, { places, small });
  const [predicted] = await predictPlanes(model, lightness, { count: 1, ...small }, { hints });
  return keepMatches(predicted!, matched, places);
}

/**
 * Joins predicted colors with the lightness of a picture, after they have come nearer to those of
 * the reference as a whole.
 * @param options.seed Of Welsh's transfer, which the result is compared with.
 * @returns A new picture of the same size with the same alpha.
 */
export function paintMatched(
  image: Image,
  planes: SmallPlanes,
  { reference, compared: { target, source }, seed }: {
    reference: Image;
    compared: ComparedCopies;
    seed: number;
  },
): Image {
  const near = approachReference(enlarged(planes, target), {
    ...{ image, reference, source, seed, maxPixels: WELSH_PIXELS },
  });
  return paint(image, near);
}

/** Colors at the resolution of a copy: what is moved as a whole should be as sharp as it gets. */
function enlarged(planes: SmallPlanes, { lightness, ...size }: GrayPicture): SmallPlanes {
  return { ...size, lightness, ab: upsampleEdgeAware(planes, lightness, size) };
}

function comparedCopy(image: Image): ColorPicture {
  return labCopy(image, comparedSize({ widthPx: image.width, heightPx: image.height }));
}

/** Mean a*, b* of each place, shape [places * 2]. */
function abOfPlaces({ ab, ...size }: ColorPicture): Float32Array {
  const places = placesOf(size);
  const means = [0, 1].map((offset) => {
    const plane = Float32Array.from({ length: ab.length / 2 }, (_, i) => ab[2 * i + offset]!);
    return resizePlaneArea(plane, size, places);
  });
  return Float32Array.from(
    { length: 2 * places.widthPx * places.heightPx },
    (_, i) => means[i % 2]![i >> 1]!,
  );
}
