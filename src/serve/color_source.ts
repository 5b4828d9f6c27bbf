/** Colors that a person gives, or that another picture has, instead of a network's alone. */
import type { PropagationMethod } from "../colorize/propagate_colors.ts";
import type { Swatches } from "../colorize/transfer_by_welsh.ts";
import { type Transfer, TRANSFERS } from "../colorize/transfer_colors.ts";
import type { ColorizeFields } from "./colorize_options.ts";
import type { Way } from "./pictures/ways.ts";
import { ProblemError } from "./problem.ts";

/** Where colors come from. */
export type ColorSource =
  | {
    kind: "spread";
    method: PropagationMethod;
    /** Whether a network colors what is far from the given colors. */
    keepsRest: boolean;
    /** A picture's bytes. */
    strokes: Uint8Array | undefined;
  }
  | {
    kind: "transfer";
    transfer: Transfer;
    /** A picture's bytes. */
    reference: Uint8Array;
    swatches: Swatches;
  };

/** Options of a network, which ways without one do not follow. */
const NETWORK_OPTIONS = ["model", "vividness", "size"] as const;

/**
 * What options and files ask for.
 * @returns Undefined where a network gives the colors.
 * @throws {ProblemError} 422 when they do not go together.
 */
export function colorSourceOf(fields: ColorizeFields): ColorSource | undefined {
  return fields.files?.reference ? transferOf(fields) : spreadOf(fields);
}

/** Whether a network has a part in it. */
export function needsNetwork(source: ColorSource | undefined): boolean {
  if (!source) return true;
  return source.kind === "spread" ? source.keepsRest : source.transfer === "features";
}

/** Options with the model that an address names, where a network has a part in them. */
export function withModel(fields: ColorizeFields, model: string | undefined): ColorizeFields {
  return model !== undefined && needsNetwork(colorSourceOf(fields)) ? { ...fields, model } : fields;
}

/**
 * What a picture process does for it.
 * @param seed Of Welsh's samples.
 * @returns `companion`: bytes of the strokes or the reference.
 */
export function wayOf(
  source: ColorSource | undefined,
  seed = 0,
): { way: Way; companion?: Uint8Array | undefined } {
  if (!source) return { way: { kind: "network" } };
  if (source.kind === "spread") {
    return { way: { kind: "spread", method: source.method }, companion: source.strokes };
  }
  const { transfer, reference: companion, swatches } = source;
  if (transfer === "welsh") return { way: { kind: "welsh", seed, swatches }, companion };
  return { way: { kind: "features", seed }, companion };
}

function spreadOf(fields: ColorizeFields): ColorSource | undefined {
  const { method = "network", keep_rest: keepsRest = false, points, candidates, files } = fields;
  const strokes = files?.strokes;
  const ofReference = firstGiven(fields, ["transfer", "swatches"]);
  if (ofReference) refuse(ofReference, "the field reference must be a picture, got none");
  if (method === "network") {
    const alone = strokes ? "strokes" : keepsRest ? "keep_rest" : undefined;
    if (alone) refuse(alone, "method must be geodesic or optimization, got network");
    return undefined;
  }
  if (!points?.length && !strokes) refuse("method", `${method} needs points or strokes, got none`);
  if ((candidates ?? 1) > 1) refuse("candidates", `method ${method} has one answer`);
  const ofNetwork = keepsRest ? undefined : firstGiven(fields, NETWORK_OPTIONS);
  if (ofNetwork) refuse(ofNetwork, `method ${method} uses a network with keep_rest alone`);
  return { kind: "spread", method, keepsRest, strokes };
}

function transferOf(fields: ColorizeFields): ColorSource {
  const { transfer = TRANSFERS[0], swatches = [], files, candidates, method, points } = fields;
  const other = files?.strokes ? "strokes" : points?.length ? "points" : firstGiven(fields, [
    "vividness",
    ...(fields.keep_rest ? ["keep_rest" as const] : []),
    ...(method === "network" ? [] : ["method" as const]),
    ...(candidates === 1 ? [] : ["candidates" as const]),
  ]);
  if (other) refuse(other, "the colors are the reference's");
  const ofNetwork = transfer === "welsh" ? firstGiven(fields, ["model", "size"]) : undefined;
  if (ofNetwork) refuse(ofNetwork, "transfer welsh uses no network");
  if (swatches.length > 0 && transfer !== "welsh") {
    refuse("swatches", `transfer must be welsh, got ${transfer}`);
  }
  return {
    kind: "transfer",
    transfer,
    reference: files!.reference!,
    swatches: swatches.map(inPixels),
  };
}

function inPixels(
  { target, reference }: NonNullable<ColorizeFields["swatches"]>[number],
): Swatches[number] {
  const [own, other] = [target, reference].map(([x, y, widthPx, heightPx]) => ({
    ...{ x, y, widthPx, heightPx },
  }));
  return { target: own!, source: other! };
}

function firstGiven<Name extends keyof ColorizeFields>(
  fields: ColorizeFields,
  names: readonly Name[],
): Name | undefined {
  return names.find((name) => fields[name] !== undefined);
}

function refuse(option: string, reason: string): never {
  throw new ProblemError(422, `Cannot use option ${option}: ${reason}`);
}
