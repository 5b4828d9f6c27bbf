/** Flags of `deno task colorize` for models that predict distributions of colors. */
import { type ColorPoint, parseColorPoint, parseColorPoints } from "../../src/hint/color_points.ts";
import { integerFlag, textFlag, textFlags } from "../command/flags.ts";
import { type Arguments, type Flag, UsageError } from "../command/run.ts";

/** How a person steers the colors. */
export interface PaletteOptions {
  vividness: number | undefined;
  points: ColorPoint[];
  /** Pictures of each photo; 1 for the plain answer alone. */
  candidates: number;
  seed: number;
  uncertainty: boolean;
  /** Where to suggest colors instead of colorizing. */
  suggest: { x: number; y: number } | undefined;
}

/** Pictures that differ by fewer colors than this many are hard to find. */
const MAX_CANDIDATES = 16;

export const PALETTE_FLAGS: Record<string, Flag> = {
  vividness: {
    type: "string",
    value: "V",
    help: "0 (faithful, pale) to 1 (vivid), for a model that can (default: 0.5)",
  },
  point: {
    type: "string",
    multiple: true,
    value: "X,Y,#RRGGBB[,R]",
    help: "a color that is known at a pixel, R pixels around it; may be given several times",
  },
  points: {
    type: "string",
    value: "FILE",
    help: 'points as JSON: [{"x":9,"y":4,"color":"#88aa44"}]',
  },
  candidates: {
    type: "string",
    value: "N",
    help: "N different pictures of each photo: NAME, NAME-candidate2, ... (default: 1)",
  },
  seed: {
    type: "string",
    value: "N",
    default: "0",
    help: "other candidates, or samples of a reference, for another seed",
  },
  uncertainty: {
    type: "boolean",
    help: "also write NAME-uncertainty.png: white where the model has no idea of the color",
  },
  suggest: {
    type: "string",
    value: "X,Y",
    help: "print the colors that a pixel may have, and colorize nothing",
  },
};

/**
 * Reads the flags.
 * @param photos How many photos there are: places make sense in no more than one.
 * @throws {UsageError} Naming the flag, the rule and the value.
 */
export async function readPaletteFlags(args: Arguments, photos: number): Promise<PaletteOptions> {
  const points = [...textFlags(args, "point").map(readPoint), ...await readPoints(args)];
  const suggest = readPlace(textFlag(args, "suggest"));
  const places = points.length > 0 ? pointFlag(args) : suggest && "--suggest";
  if (places && photos > 1) {
    throw new UsageError(`Cannot use ${places}: needs exactly one PHOTO, got ${photos}`);
  }
  return {
    vividness: readVividness(textFlag(args, "vividness")),
    points,
    candidates: integerFlag(args, "candidates", { max: MAX_CANDIDATES }) ?? 1,
    seed: integerFlag(args, "seed", { min: 0, max: 2 ** 31 - 1 })!,
    uncertainty: args.values.uncertainty === true,
    suggest,
  };
}

function pointFlag(args: Arguments): string {
  return textFlags(args, "point").length > 0 ? "--point" : "--points";
}

function readPoint(text: string): ColorPoint {
  try {
    return parseColorPoint(text);
  } catch (error) {
    throw new UsageError(`Cannot use --point: ${(error as Error).message}`);
  }
}

async function readPoints(args: Arguments): Promise<ColorPoint[]> {
  const path = textFlag(args, "points");
  if (path === undefined) return [];
  try {
    return parseColorPoints(await Deno.readTextFile(path));
  } catch (cause) {
    throw new Error(`Cannot use --points ${path}`, { cause });
  }
}

/**
 * Reads `--vividness`.
 * @returns Undefined when it was not given.
 * @throws {UsageError} When it is no number in 0..1.
 */
export function readVividness(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const vividness = Number(text);
  if (text.trim() === "" || !(vividness >= 0 && vividness <= 1)) {
    throw new UsageError(`Cannot use --vividness: must be a number, 0 to 1, got ${text}`);
  }
  return vividness;
}

function readPlace(text: string | undefined): { x: number; y: number } | undefined {
  if (text === undefined) return undefined;
  const [, x, y] = /^\s*(\d+)\s*,\s*(\d+)\s*$/.exec(text) ?? [];
  if (x === undefined) {
    throw new UsageError(`Cannot use --suggest: must be X,Y in whole pixels, got ${text}`);
  }
  return { x: Number(x), y: Number(y) };
}
