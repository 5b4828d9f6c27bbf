import type { Image } from "imagescript";
import { checkColorPoints, type ColorPoint } from "../hint/color_points.ts";
import { joinSeeds, type Seeds, seedsOfPoints } from "../hint/seeds.ts";
import { seedsOfStrokes } from "../hint/strokes.ts";

/**
 * The colors that a person gives a picture; strokes cover points.
 * @param options.strokes A picture of the same size whose opaque pixels are colors.
 * @throws {RangeError} When a point lies outside the picture, the strokes have another size or are
 * opaque all over, or there is no color at all.
 */
export function seedsByHand(
  image: Image,
  { points, strokes }: { points: readonly ColorPoint[]; strokes?: Image | undefined },
): Seeds {
  const size = { widthPx: image.width, heightPx: image.height };
  checkColorPoints(points, size);
  const painted = strokes && seedsOfStrokes(
    { rgba: strokes.bitmap, widthPx: strokes.width, heightPx: strokes.height },
    size,
  );
  const seeds = joinSeeds([seedsOfPoints(points, size), ...(painted ? [painted] : [])]);
  const { length } = seeds.pixels;
  if (painted && painted.pixels.length === size.widthPx * size.heightPx) {
    throw new RangeError(
      "Cannot use strokes: they must leave pixels clear, got a picture that is opaque all over",
    );
  }
  if (length > 0) return seeds;
  const got = painted ? "strokes without a pixel that is half opaque or more" : "none";
  throw new RangeError(`Cannot spread colors: there must be a color point or a stroke, got ${got}`);
}
