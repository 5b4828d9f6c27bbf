/** Names of the evaluation's rows: a model, and how it is used. */

/** `palette@0.5+10`: model `palette` at vividness 0.5 with 10 simulated hints. */
export interface PredictorName {
  model: string;
  /** Undefined where none is named: the faithful colors. */
  vividness?: number;
  /** Undefined where none are named. */
  hints?: number;
}

/** The most hints that a picture is given. */
const MAX_HINTS = 500;

/**
 * Reads a name: `NAME`, `NAME@V`, `NAME+N` or `NAME@V+N`.
 * @throws {RangeError} When V is outside 0..1 or N is no whole number from 0 to 500.
 */
export function parsePredictorName(text: string): PredictorName {
  const [, model = "", vividnessText, hintsText] =
    /^([^@+]*)(?:@([^+]*))?(?:\+(.*))?$/.exec(text) ??
      [];
  const name: PredictorName = { model };
  if (vividnessText !== undefined) {
    const vividness = Number(vividnessText);
    if (vividnessText.trim() === "" || !(vividness >= 0 && vividness <= 1)) {
      throw new RangeError(
        `Cannot evaluate ${text}: vividness must lie in 0..1, got ${vividnessText}`,
      );
    }
    name.vividness = vividness;
  }
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

/** The rows that a palette has in the table when only its model is named by `all`. */
export const PALETTE_ROWS = ["@0", "@0.5", "@1", "@0+1", "@0+5", "@0+10"];
