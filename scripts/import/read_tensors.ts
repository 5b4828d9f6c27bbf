import { fileBytes } from "../../src/data/files.ts";
import type { NetworkConfig } from "../../src/network/config.ts";
import { decodeSafetensors } from "../../src/network/safetensors.ts";
import { readTorchCheckpoint } from "./torch_checkpoint.ts";
import { type ImportedTensors, isZhang } from "./weights_for.ts";
import { mapZhangWeights } from "./zhang_names.ts";

/** No model comes near this; a file that does is none. */
const MOST_BYTES = 2 ** 31;

/**
 * Reads the tensors of a file, in our names and layouts.
 * @param path A safetensors file, of our names or, for the networks of Zhang et al., PyTorch's; or
 * for those networks a checkpoint of PyTorch.
 * @throws {SyntaxError} When the file is neither, or damaged.
 * @throws {RangeError} When tensors are missing, or the file is larger than 2 GiB or no safetensors file
 * for a network that needs one.
 */
export async function readTensors(
  path: string,
  config: NetworkConfig,
): Promise<ImportedTensors> {
  const bytes = await fileBytes(path) ?? 0;
  if (bytes > MOST_BYTES) {
    throw new RangeError(`Cannot import ${path}: must have less than 2 GiB, got ${bytes} bytes`);
  }
  const isSafetensors = path.toLowerCase().endsWith(".safetensors");
  if (!isSafetensors && !isZhang(config)) {
    throw new RangeError(
      `Cannot import ${path}: must be .safetensors for a network of kind ${config.kind}`,
    );
  }
  const { arrays, metadata }: Pick<ImportedTensors, "arrays" | "metadata"> = isSafetensors
    ? decodeSafetensors(await Deno.readFile(path))
    : { arrays: await readTorchCheckpoint(path), metadata: {} };
  // Ours have a layer and a weight, `conv1_1/kernel`.
  const isOurs = [...arrays.keys()].some((name) => name.includes("/"));
  if (!isZhang(config) || isOurs) return { arrays, metadata, isForeign: false };
  return { arrays: mapZhangWeights(config.kind, arrays), metadata, isForeign: true };
}
