import { parseAccept } from "hono/utils/accept";
import { mediaType, OUTPUT_FORMATS, type OutputFormat } from "../image/encode.ts";

/**
 * The picture format that an `Accept` header prefers. Equal weights go to a type that is named over a
 * wildcard, then to PNG, JPEG, WebP, AVIF in this order.
 * @returns PNG without a header; undefined when no format is acceptable.
 * @see RFC 9110, 12.5.1.
 */
export function preferredFormat(accept: string | undefined): OutputFormat | undefined {
  const types = OUTPUT_FORMATS.map(mediaType);
  const type = preferredType(accept, types);
  return type === undefined ? undefined : OUTPUT_FORMATS[types.indexOf(type)];
}

/**
 * The media type that an `Accept` header prefers of those offered. Equal weights go to a type that is
 * named over a wildcard, then to the one that is offered first, which is the answer without a header.
 * @returns Undefined when none is acceptable.
 */
export function preferredType(
  accept: string | undefined,
  types: readonly string[],
): string | undefined {
  if (!accept?.trim()) return types[0];
  const ranges = parseAccept(accept);
  const offers = types.map((type) => ({ type, ...weigh(type, ranges) }));
  const best = offers
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight || other.precision - one.precision);
  return best[0]?.type;
}

/** The weight of a media type: that of the most precise range which covers it. */
function weigh(
  type: string,
  ranges: { type: string; q: number }[],
): { weight: number; precision: number } {
  const coverage = [["*/*", "*"], [type.replace(/\/.*/, "/*")], [type]];
  for (let precision = coverage.length - 1; precision >= 0; precision--) {
    const range = ranges.find(({ type }) => coverage[precision]!.includes(type.toLowerCase()));
    if (range) return { weight: range.q, precision };
  }
  return { weight: 0, precision: 0 };
}
