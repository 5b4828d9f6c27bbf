/** Colors of matched places as hints for the network, and as what its colors are brought back to. */
import type { MatchedColors } from "../hint/match_colors.ts";
import { type SizePx, upsamplePlanesBilinear } from "../image/resize.ts";
import type { SmallPlanes } from "./edge_aware_upsample.ts";

/** Places along the side of a square that has at most one hint: hints are sparse in training, too. */
const SPACING = 2;
/** The least confidence of a hint. */
const LEAST_CONFIDENCE = 0.5;

/**
 * Draws hints of the most confident place of each square of 2x2 places, if it is confident enough.
 * @param matched Of places that cover the picture, shape `places`.
 * @param options.small The copy that the network sees.
 * @returns a*, b* and 1 where there is a hint, else 0, shape [H * W * 3].
 */
export function hintsOfMatches(
  matched: MatchedColors,
  { places, small }: { places: SizePx; small: SizePx },
): Float32Array {
  const hints = new Float32Array(3 * small.widthPx * small.heightPx);
  for (let top = 0; top < places.heightPx; top += SPACING) {
    for (let left = 0; left < places.widthPx; left += SPACING) {
      const { x, y } = mostConfident(matched, places, { left, top });
      const at = y * places.widthPx + x;
      if (matched.confidence[at]! < LEAST_CONFIDENCE) continue;
      const color = [matched.ab[2 * at]!, matched.ab[2 * at + 1]!, 1];
      for (const pixel of pixelsOfPlace({ x, y }, places, small)) {
        hints.set(color, 3 * pixel);
      }
    }
  }
  return hints;
}

/**
 * Brings predicted colors back to the matched ones, as far as these are sure: the network follows
 * many hints at once only in part.
 * @returns Colors of the planes' size.
 */
export function keepMatches(
  planes: SmallPlanes,
  matched: MatchedColors,
  places: SizePx,
): SmallPlanes {
  const enlarged = (values: Float32Array, channels: number) =>
    upsamplePlanesBilinear(values, { ...places, channels }, planes);
  const [wanted, confidence] = [enlarged(matched.ab, 2), enlarged(matched.confidence, 1)];
  const ab = planes.ab.map((value, i) => value + confidence[i >> 1]! * (wanted[i]! - value));
  return { ...planes, ab };
}

function mostConfident(
  { confidence }: MatchedColors,
  { widthPx, heightPx }: SizePx,
  { left, top }: { left: number; top: number },
): { x: number; y: number } {
  let best = { x: left, y: top };
  for (let y = top; y < Math.min(heightPx, top + SPACING); y++) {
    for (let x = left; x < Math.min(widthPx, left + SPACING); x++) {
      if (confidence[y * widthPx + x]! > confidence[best.y * widthPx + best.x]!) best = { x, y };
    }
  }
  return best;
}

/** Indices of the copy's pixels whose middles lie in a place; at least of the one that it lies in. */
function pixelsOfPlace(
  { x, y }: { x: number; y: number },
  places: SizePx,
  small: SizePx,
): number[] {
  const along = (place: number, count: number, side: number) => {
    const first = Math.ceil(place * side / count - 0.5);
    const end = Math.ceil((place + 1) * side / count - 0.5);
    const middle = Math.min(side - 1, Math.floor((place + 0.5) * side / count));
    return end > first ? Array.from({ length: end - first }, (_, i) => first + i) : [middle];
  };
  const columns = along(x, places.widthPx, small.widthPx);
  return along(y, places.heightPx, small.heightPx)
    .flatMap((row) => columns.map((column) => row * small.widthPx + column));
}
