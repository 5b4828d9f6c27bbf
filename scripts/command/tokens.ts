import { parseTokens } from "../../src/serve/tokens.ts";
import { UsageError } from "./run.ts";

/**
 * Reads bearer tokens from the file that `--token-file` names, one a line.
 * @throws {UsageError} When there is none, or one that could let nobody in; it is not printed.
 */
export async function readTokens(path: string): Promise<[string, ...string[]]> {
  const text = await Deno.readTextFile(path);
  try {
    const [first, ...others] = parseTokens(text.split("\n"));
    if (first !== undefined) return [first, ...others];
  } catch (error) {
    throw new UsageError(`Cannot use --token-file: ${(error as Error).message}`);
  }
  throw new UsageError(`Cannot use --token-file: must hold a token in a line, got none in ${path}`);
}
