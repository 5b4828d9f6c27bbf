import { UsageError } from "./run.ts";

/**
 * Reads bearer tokens from the file that `--token-file` names, one a line.
 * @throws {UsageError} When there is none, or one that no header can carry; it is not printed.
 */
export async function readTokens(path: string): Promise<[string, ...string[]]> {
  const text = await Deno.readTextFile(path);
  const tokens = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const [first, ...others] = tokens;
  if (first === undefined) {
    throw new UsageError(
      `Cannot use --token-file: must hold a token in a line, got none in ${path}`,
    );
  }
  const bad = tokens.findIndex((token) => !/^[\x21-\x7e]+$/.test(token));
  if (bad < 0) return [first, ...others];
  const rule = "tokens must be of printable ASCII without spaces";
  throw new UsageError(`Cannot use --token-file: ${rule}, got another one as number ${bad + 1}`);
}
