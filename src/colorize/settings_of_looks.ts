import { type DecodeSettings, decodeSettings } from "../color/decode_bins.ts";
import type { Seen } from "./looks.ts";

/** Up to here closer looks change nothing in what a vividness does. */
const MIDDLE = 0.5;
/** What vividness 1 is beside closer looks: photographs get a bit less chroma than is theirs. */
const MOST_CLOSER = 0.8;
/** What counts as pale beside closer looks, in ab units, as `DecodeSettings.neutral`: walls and sand. */
const NEUTRAL_CLOSER = 15;

/**
 * Settings for a vividness by what was looked at: closer looks give stronger colors, so that beside
 * them less makes photographs as colorful as they are, and what is pale seems less so.
 * @throws {RangeError} When vividness is outside 0..1.
 */
export function settingsOfLooks(
  vividness: number,
  { closer }: Pick<Seen, "closer">,
): DecodeSettings {
  const settings = decodeSettings(vividness); // refuses what lies outside
  if (!closer) return settings;
  const part = Math.max(0, vividness - MIDDLE) / (1 - MIDDLE);
  const beside = decodeSettings(Math.min(vividness, MIDDLE) + part * (MOST_CLOSER - MIDDLE));
  return { ...beside, neutral: NEUTRAL_CLOSER };
}
