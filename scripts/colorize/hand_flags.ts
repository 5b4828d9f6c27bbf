/** Flags of colors that a person gives, spread without a network. */
import {
  PROPAGATION_METHODS,
  type PropagationMethod,
} from "../../src/colorize/propagate_colors.ts";
import { choiceFlag, textFlag } from "../command/flags.ts";
import { type Arguments, type Flag, UsageError } from "../command/run.ts";
import type { PaletteOptions } from "./palette_flags.ts";

/** How colors that are given spread. */
export interface HandOptions {
  method: PropagationMethod;
  /** A picture of strokes, of the photo's size. */
  strokesPath: string | undefined;
  /** Whether a network colors what is far from them. */
  keepsRest: boolean;
}

/** Flags of the network that colors what is far from the given colors. */
const NETWORK_FLAGS = ["model", "vividness", "size"];

const METHODS = ["network", ...PROPAGATION_METHODS] as const;

export const HAND_FLAGS: Record<string, Flag> = {
  method: {
    type: "string",
    value: "METHOD",
    default: "network",
    help:
      "what spreads the colors of points: the network, geodesic (by lightness alone, sharp) or " +
      "optimization (the same, smooth)",
  },
  strokes: {
    type: "string",
    value: "FILE",
    help: "geodesic, optimization: a picture of the photo's size whose opaque pixels are colors",
  },
  "keep-rest": {
    type: "boolean",
    help: "geodesic, optimization: correct the network's colors near the points alone",
  },
};

/**
 * Reads the flags.
 * @param context.photos How many photos there are: strokes make sense in no more than one.
 * @returns Undefined where the network spreads colors.
 * @throws {UsageError} Naming the flag, the rule and the value.
 */
export function readHandFlags(
  args: Arguments,
  { photos, palette }: { photos: number; palette: PaletteOptions },
): HandOptions | undefined {
  const method = choiceFlag(args, "method", METHODS)!;
  const strokesPath = textFlag(args, "strokes");
  const keepsRest = args.values["keep-rest"] === true;
  if (method === "network") {
    const given = strokesPath !== undefined ? "--strokes" : keepsRest ? "--keep-rest" : undefined;
    if (given === undefined) return undefined;
    const rule = `must be ${PROPAGATION_METHODS.join(" or ")} with ${given}`;
    throw new UsageError(`Cannot use --method: ${rule}, got network`);
  }
  if (palette.points.length === 0 && strokesPath === undefined) {
    throw new UsageError(`Cannot use --method ${method}: needs --point, --points or --strokes`);
  }
  const other = otherFlag(palette);
  if (other) throw new UsageError(`Cannot use ${other} with --method ${method}: it has one answer`);
  const networks = keepsRest ? undefined : NETWORK_FLAGS.find((name) => textFlag(args, name));
  if (networks) {
    throw new UsageError(`Cannot use --${networks} with --method ${method}: needs --keep-rest`);
  }
  if (photos > 1) {
    throw new UsageError(`Cannot use --method ${method}: needs exactly one PHOTO, got ${photos}`);
  }
  return { method, strokesPath, keepsRest };
}

/** A flag that only a network can follow. */
function otherFlag(palette: PaletteOptions): string | undefined {
  if (palette.candidates > 1) return "--candidates";
  if (palette.uncertainty) return "--uncertainty";
  return palette.suggest ? "--suggest" : undefined;
}
