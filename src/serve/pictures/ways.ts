/** The ways in which a picture process gives a picture its colors. */
import type { Image } from "imagescript";
import type { ColorizeOptions } from "../../colorize/colorize_image.ts";
import type { SmallPlanes } from "../../colorize/edge_aware_upsample.ts";
import { paint } from "../../colorize/paint.ts";
import { propagateColors, type PropagationMethod } from "../../colorize/propagate_colors.ts";
import { seedsByHand } from "../../colorize/seeds_by_hand.ts";
import {
  type ComparedCopies,
  comparedCopies,
  paintMatched,
} from "../../colorize/transfer_by_features.ts";
import { checkSwatches, type Swatches, transferByWelsh } from "../../colorize/transfer_by_welsh.ts";
import { checkReference } from "../../colorize/transfer_colors.ts";

/** Where colors come from. */
export type Way =
  /** A network's prediction. */
  | { kind: "network" }
  /** Points and strokes, over a network's prediction when there is one. */
  | { kind: "spread"; method: PropagationMethod }
  /** A reference, by lightness and texture. */
  | { kind: "welsh"; seed: number; swatches: Swatches }
  /** A reference, by what a network has matched. */
  | { kind: "features"; seed: number };

/** A picture that is ready to get its colors. */
export interface Prepared {
  /** For a network to match. */
  compared?: ComparedCopies;
  /**
   * Gives it colors.
   * @param planes A network's, where the way takes some.
   * @param options.inPlace Whether the picture itself may be changed.
   */
  paint(planes: SmallPlanes | undefined, options: { inPlace: boolean }): Image;
}

/**
 * Checks what a way needs, and keeps it for painting.
 * @param options.companion Strokes or the reference.
 * @throws {RangeError} When a color, a part or the companion does not fit the picture.
 */
export function prepare(
  image: Image,
  { way, points = [], companion }: {
    way: Way;
    points?: ColorizeOptions["points"] | undefined;
    companion: Image | undefined;
  },
): Prepared {
  if (way.kind === "network") {
    return { paint: (planes, { inPlace }) => paint(image, planes!, { points, inPlace }) };
  }
  if (way.kind === "spread") {
    const { method } = way;
    const seeds = seedsByHand(image, { points, strokes: companion });
    return { paint: (base) => propagateColors(image, { method, seeds, base }) };
  }
  const reference = companion!;
  checkReference(reference);
  const { seed } = way;
  if (way.kind === "welsh") {
    checkSwatches(way.swatches, { image, reference });
    return { paint: () => transferByWelsh(image, reference, way) };
  }
  const compared = comparedCopies(image, reference);
  return {
    compared,
    paint: (planes) => paintMatched(image, planes!, { reference, compared, seed }),
  };
}
