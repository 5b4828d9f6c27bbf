/** Weights as other programs take them. */
import { gamutBinCenters } from "../color/gamut_bins.ts";
import { AB_SCALE } from "../color/normalize.ts";
import { channelsFirst } from "./channels_first.ts";
import type { Network } from "./network.ts";
import type { NamedArray } from "./safetensors.ts";
import { readWeights } from "./weights.ts";

/**
 * Reads all that a network predicts by, under Keras' names and in its layouts: the weights, of a
 * palette also the a*, b* of its bins, `bins/centers` [Q, 2]; of a constant `color`, ab / 128.
 */
export async function portableArrays(network: Network): Promise<NamedArray[]> {
  const { config } = network;
  if (config.kind === "constant") {
    const values = Float32Array.of(config.a / AB_SCALE, config.b / AB_SCALE);
    return [{ name: "color", shape: [2], values }];
  }
  const weights = await readWeights(network);
  if (config.kind !== "palette") return weights;
  const shape = [gamutBinCenters.length / 2, 2];
  return [...weights, { name: "bins/centers", shape, values: gamutBinCenters }];
}

/** PyTorch's names by Keras'. */
const TORCH_NAMES: Readonly<Record<string, string>> = {
  kernel: "weight",
  bias: "bias",
  gamma: "weight",
  beta: "bias",
  moving_mean: "running_mean",
  moving_variance: "running_var",
  prior: "prior",
  centers: "centers",
};

/**
 * Renames an array as a state dictionary of PyTorch has it, `conv1/kernel` as `conv1.weight`, and
 * brings a kernel into its layout, [F, C, Kh, Kw].
 * A transposed convolution's kernel is turned alike, [C, F, Kh, Kw].
 * @throws {RangeError} When it is no weight of a convolution or batch norm, naming it.
 */
export function torchArray(array: NamedArray): NamedArray {
  const [, layer, weight] = /^(.+)\/(.+)$/.exec(array.name) ?? [];
  if (layer === undefined) return array;
  const name = TORCH_NAMES[weight!];
  if (name === undefined || (weight === "kernel" && array.shape.length !== 4)) {
    throw new RangeError(
      `Cannot name a weight as PyTorch does: must be of a convolution or batch norm, got ` +
        `${array.name} [${array.shape}]`,
    );
  }
  return { ...(weight === "kernel" ? channelsFirst(array) : array), name: `${layer}.${name}` };
}
