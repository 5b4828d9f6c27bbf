/** Names of the evaluation's rows: a model, and how it is used. */

import type { DecodeSettings } from "../../src/color/decode_bins.ts";

/** `palette@0.5+10`: model `palette` at vividness 0.5 with 10 simulated hints. */
export interface PredictorName {
  model: string;
  /** Undefined where none is named: the faithful colors. */
  vividness?: number;
  /** Named instead of a vividness, to find good ones. */
  decode?: DecodeSettings;
  /** Undefined where none are named. */
  hints?: number;
}

/** The most hints that a picture is given. */
const MAX_HINTS = 500;

/**
 * Reads a name: `NAME`, `NAME@V`, `NAME+N` or `NAME@V+N`. For V may stand
 * `LAMBDA:GAIN:TEMPERATURE:CHROMA[:DISPERSION[:NEUTRAL[:RED]]]`, the settings of
 * `color/decode_bins.ts`.
 * @throws {RangeError} When V is outside 0..1, LAMBDA not above 0 and up to 1, GAIN below 0,
 * TEMPERATURE or DISPERSION not above 0, CHROMA below 1, NEUTRAL or RED below 0, or N no whole
 * number from 0 to 500.
 */
export function parsePredictorName(text: string): PredictorName {
  const [, model = "", vividnessText, hintsText] =
    /^([^@+]*)(?:@([^+]*))?(?:\+(.*))?$/.exec(text) ??
      [];
  const name: PredictorName = { model };
  if (vividnessText?.includes(":")) name.decode = parseDecode(vividnessText, text);
  else if (vividnessText !== undefined) name.vividness = parseVividness(vividnessText, text);
  if (hintsText !== undefined) {
    if (!/^\d+$/.test(hintsText) || Number(hintsText) > MAX_HINTS) {
      throw new RangeError(
        `Cannot evaluate ${text}: hints must be a whole number, 0 to ${MAX_HINTS}, got ${hintsText}`,
      );
    }
    name.hints = Number(hintsText);
  }
  return name;
}

function parseVividness(part: string, text: string): number {
  const vividness = Number(part);
  if (part.trim() === "" || !(vividness >= 0 && vividness <= 1)) {
    throw new RangeError(`Cannot evaluate ${text}: vividness must lie in 0..1, got ${part}`);
  }
  return vividness;
}

function parseDecode(part: string, text: string): DecodeSettings {
  const numbers = part.split(":").map((number) => number.trim() === "" ? NaN : Number(number));
  const [lambda = NaN, gain = NaN, temperature = NaN, chroma = NaN] = numbers;
  const [dispersion = Infinity, neutral = 0, red = 0] = numbers.slice(4);
  const inRange = lambda > 0 && lambda <= 1 && gain >= 0 && temperature > 0 && chroma >= 1 &&
    dispersion > 0 && neutral >= 0 && red >= 0 && numbers.every(Number.isFinite);
  if (numbers.length > 7 || !inRange) {
    throw new RangeError(
      `Cannot evaluate ${text}: settings must be LAMBDA:GAIN:TEMPERATURE:CHROMA[:DISPERSION` +
        `[:NEUTRAL[:RED]]], above 0 to 1, 0 or more, above 0, 1 or more, above 0, and 0 or more, ` +
        `got ${part}`,
    );
  }
  return { lambda, gain, temperature, chroma, dispersion, neutral, red };
}

/** The rows that a palette has in the table when only its model is named by `all`. */
export const PALETTE_ROWS = ["@0", "@0.5", "@1", "@0+1", "@0+5", "@0+10"];

/** Those of another model that takes hints. */
export const HINT_ROWS = ["", "+1", "+5", "+10"];
