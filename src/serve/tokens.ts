/** Bearer tokens as a header can carry them. @see RFC 6750, 2.1. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

/**
 * Takes tokens from texts, leaving out empty ones.
 * @throws {RangeError} When a token could never let anyone in; it is not printed.
 */
export function parseTokens(texts: readonly string[]): string[] {
  const tokens = texts.map((text) => text.trim()).filter((text) => text !== "");
  const bad = tokens.findIndex((token) => !TOKEN.test(token));
  if (bad < 0) return tokens;
  const rule = "must be letters, digits and ._~+/-, with = at the end alone";
  throw new RangeError(`Cannot use token number ${bad + 1}: it ${rule}`);
}
