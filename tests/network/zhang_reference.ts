/** Small copies of the two networks of Zhang et al., computed in PyTorch. */
import * as tf from "@tensorflow/tfjs";
import { mapZhangWeights, type ZhangKind } from "../../scripts/import/zhang_names.ts";
import { readTorchCheckpoint } from "../../scripts/import/torch_checkpoint.ts";
import { AB_SCALE } from "../../src/color/normalize.ts";
import { buildNetwork } from "../../src/network/build.ts";
import type { NetworkConfig } from "../../src/network/config.ts";
import type { Network } from "../../src/network/network.ts";
import { decodeSafetensors } from "../../src/network/safetensors.ts";
import { assignWeights } from "../../src/network/weights.ts";

const FOLDER = new URL("../fixtures/zhang/", import.meta.url);

/** Checkpoints of both of PyTorch's formats; filters are a 16th of the papers'. */
export const ZHANG_CHECKPOINTS: Record<ZhangKind, string> = {
  eccv16: new URL("eccv16.legacy.pth", FOLDER).pathname,
  siggraph17: new URL("siggraph17.zip.pth", FOLDER).pathname,
};

export const ZHANG_CONFIGS: Record<ZhangKind, NetworkConfig> = {
  eccv16: { kind: "eccv16", width: 4, temperature: 1 },
  siggraph17: { kind: "siggraph17", width: 4 },
};

/** Values of one 64x64 picture by name, channels last: lightness, hints, and PyTorch's ab. */
export function zhangValues(name: string): Float32Array {
  const { arrays } = decodeSafetensors(Deno.readFileSync(new URL("values.safetensors", FOLDER)));
  return arrays.get(name)!.values;
}

/** The network with PyTorch's weights. */
export async function zhangNetwork(kind: ZhangKind): Promise<Network> {
  const arrays = mapZhangWeights(kind, await readTorchCheckpoint(ZHANG_CHECKPOINTS[kind]));
  const network = buildNetwork(ZHANG_CONFIGS[kind], { seed: "blank" });
  assignWeights(network, arrays);
  return network;
}

/** The hints as a network takes them. The caller disposes them. */
export function zhangHints(): tf.Tensor4D {
  const [ab, mask] = [zhangValues("hint_ab"), zhangValues("hint_mask")];
  const values = Float32Array.from({ length: 3 * mask.length }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return i % 3 === 2 ? mask[pixel]! : ab[2 * pixel + i % 3]! / AB_SCALE;
  });
  return tf.tensor4d(values, [1, 64, 64, 3]);
}

/** The most that the predicted colors are away from PyTorch's, in units of ab. */
export async function zhangError(
  network: Network,
  expected: string,
  hints?: tf.Tensor4D,
): Promise<number> {
  const lightness = tf.tensor4d(zhangValues("lightness"), [1, 64, 64, 1]);
  const ab = network.predictAb(lightness, hints);
  const actual = await ab.data();
  tf.dispose([lightness, ab]);
  const reference = zhangValues(expected);
  return reference.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - AB_SCALE * actual[i]!)),
    0,
  );
}
