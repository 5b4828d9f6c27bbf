/** Reads typed values out of parsed flags; each refusal names the flag, the rule and the value. */
import { type Arguments, UsageError } from "./run.ts";

/** A flag's text, or undefined when it was not given. */
export function textFlag({ values }: Arguments, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

/** All texts of a flag that may be given several times. */
export function textFlags({ values }: Arguments, name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.map(String) : typeof value === "string" ? [value] : [];
}

/**
 * A whole number, or undefined when the flag was not given.
 * @throws {UsageError} When the text is no whole number in `min`..`max`.
 */
export function integerFlag(
  args: Arguments,
  name: string,
  { min = 1, max = Number.MAX_SAFE_INTEGER } = {},
): number | undefined {
  const text = textFlag(args, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value < min || value > max) {
    const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
    throw new UsageError(`Cannot use --${name}: must be a whole number, ${range}, got ${text}`);
  }
  return value;
}

/**
 * A number, or undefined when the flag was not given.
 * @param options.min The least it may be; without one it must be above 0.
 * @throws {UsageError} When the text is no finite number in that range, or not below `below`.
 */
export function numberFlag(
  args: Arguments,
  name: string,
  { min, below = Infinity }: { min?: number; below?: number } = {},
): number | undefined {
  const text = textFlag(args, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  const inRange = (min === undefined ? value > 0 : value >= min) && value < below;
  if (text.trim() === "" || !inRange) {
    const least = min === undefined ? "above 0" : `${min} or more`;
    const range = below === Infinity ? least : `${least} and below ${below}`;
    throw new UsageError(`Cannot use --${name}: must be a number ${range}, got ${text}`);
  }
  return value;
}

/**
 * One of some words.
 * @throws {UsageError} When the text is none of them.
 */
export function choiceFlag<T extends string>(
  args: Arguments,
  name: string,
  choices: readonly T[],
): T | undefined {
  const text = textFlag(args, name);
  if (text === undefined) return undefined;
  if (!choices.includes(text as T)) {
    throw new UsageError(`Cannot use --${name}: must be one of ${choices.join(", ")}, got ${text}`);
  }
  return text as T;
}
