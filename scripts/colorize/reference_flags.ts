/** Flags of `deno task colorize` for colors of another picture. */
import { type Transfer, TRANSFERS } from "../../src/colorize/transfer_colors.ts";
import { parseSwatch, type Swatch } from "../../src/hint/swatch.ts";
import { choiceFlag, textFlag, textFlags } from "../command/flags.ts";
import { type Arguments, type Flag, UsageError } from "../command/run.ts";

/** A picture to take colors from, and how. */
export interface ReferenceOptions {
  path: string;
  transfer: Transfer;
  /** For `welsh` alone. */
  swatches: Swatch[];
}

export const REFERENCE_FLAGS: Record<string, Flag> = {
  reference: {
    type: "string",
    value: "PICTURE",
    help: "take the colors of this picture",
  },
  transfer: {
    type: "string",
    value: "WAY",
    help: `how to take them: ${TRANSFERS.join(" or ")}, the latter without a model (default: ${
      TRANSFERS[0]
    })`,
  },
  swatch: {
    type: "string",
    multiple: true,
    value: "X,Y,W,H=X,Y,W,H",
    help: "a part of the photo and one of the reference that belong together, for --transfer " +
      "welsh; may be given several times",
  },
};

/** Flags that choose colors in other ways. */
const OTHER_WAYS = ["vividness", "point", "points", "candidates", "uncertainty", "suggest"];

/** Flags of the network by whose features colors are taken. */
const NETWORK_FLAGS = ["model", "size"];

/**
 * Reads the flags.
 * @param photos How many photos there are: a part of a picture makes sense in no more than one.
 * @returns Undefined when no reference is named.
 * @throws {UsageError} Naming the flag, the rule and the value.
 */
export function readReferenceFlags(args: Arguments, photos: number): ReferenceOptions | undefined {
  const path = textFlag(args, "reference");
  const transfer = choiceFlag(args, "transfer", TRANSFERS);
  const swatches = textFlags(args, "swatch").map(readSwatch);
  if (path === undefined) {
    const alone = transfer !== undefined ? "transfer" : swatches.length > 0 ? "swatch" : undefined;
    if (alone) throw new UsageError(`Cannot use --${alone}: needs --reference PICTURE, got none`);
    return undefined;
  }
  if (path === "") throw new UsageError("Cannot use --reference: must be a path, got nothing");
  const other = OTHER_WAYS.find((name) => args.values[name] !== undefined);
  if (other) {
    throw new UsageError(`Cannot use --reference with --${other}: the colors are the reference's`);
  }
  const networks = NETWORK_FLAGS.find((name) => textFlag(args, name) !== undefined);
  if (transfer === "welsh" && networks) {
    throw new UsageError(`Cannot use --${networks} with --transfer welsh: it uses no network`);
  }
  if (swatches.length > 0) checkSwatchUse(transfer, photos);
  return { path, transfer: transfer ?? TRANSFERS[0], swatches };
}

function checkSwatchUse(transfer: Transfer | undefined, photos: number): void {
  if (transfer !== "welsh") {
    throw new UsageError(
      `Cannot use --swatch: needs --transfer welsh, got ${transfer ?? TRANSFERS[0]}`,
    );
  }
  if (photos > 1) {
    throw new UsageError(`Cannot use --swatch: needs exactly one PHOTO, got ${photos}`);
  }
}

function readSwatch(text: string): Swatch {
  try {
    return parseSwatch(text);
  } catch (error) {
    throw new UsageError(`Cannot use --swatch: ${(error as Error).message}`);
  }
}
