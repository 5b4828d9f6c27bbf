/** Weights to begin a run with, instead of fresh ones. */
import { listModelNames } from "../../src/colorize/model.ts";
import type { Network } from "../../src/network/network.ts";
import { decodeSafetensors, type NamedArray } from "../../src/network/safetensors.ts";
import { assignWeights } from "../../src/network/weights.ts";
import { averagesOf } from "../../src/train/checkpoint.ts";
import { UsageError } from "../command/run.ts";

/** The file of the weights that a run began with. */
export interface InitialWeights {
  path: string;
  sha256: string;
}

/**
 * Finds the weights that `--init` names, and makes sure that they fit.
 * @param init A model with published weights, or a safetensors file: weights or a checkpoint.
 * @throws {UsageError} When there is neither.
 * @throws {Error} When the weights do not fit the network, naming the file.
 */
export async function findInitialWeights(
  init: string,
  { network, modelsDir }: { network: Network; modelsDir: string },
): Promise<InitialWeights> {
  const names = await listModelNames(modelsDir);
  const path = names.includes(init) ? `${modelsDir}/${init}/weights.safetensors` : init;
  if (!await Deno.stat(path).then(({ isFile }) => isFile, () => false)) {
    throw new UsageError(
      names.includes(init)
        ? `Cannot use --init ${init}: ${path} must be there, got none; publish the model first`
        : `Cannot use --init: must be one of ${names.join(", ")}, or a file, got ${init}`,
    );
  }
  await loadInitialWeights(network, path);
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return { path, sha256: new Uint8Array(digest).toHex() };
}

/**
 * Loads weights into a network; of a checkpoint with averages these, as they would be published.
 * @throws {Error} When the file cannot be read or does not fit the network, naming it.
 */
export async function loadInitialWeights(network: Network, path: string): Promise<void> {
  try {
    assignWeights(network, parseWeights(await Deno.readFile(path)));
  } catch (cause) {
    throw new Error(`Cannot begin with the weights of ${path}`, { cause });
  }
}

/**
 * Reads the weights of a safetensors file; of a checkpoint with averages these.
 * @throws {SyntaxError} When it is none.
 */
export function parseWeights(bytes: Uint8Array): Map<string, NamedArray> {
  const { arrays } = decodeSafetensors(bytes);
  return averagesOf(arrays) ?? arrays;
}
