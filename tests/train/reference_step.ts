/** The training step of a small Polychromify, computed in PyTorch with double precision. */
import { type NamedArray } from "../../src/network/safetensors.ts";
import { decodeSafetensors } from "../../src/network/safetensors.ts";
import { buildNetwork } from "../../src/network/build.ts";
import type { EncoderDecoderConfig } from "../../src/network/config.ts";
import type { Network } from "../../src/network/network.ts";
import { assignWeights } from "../../src/network/weights.ts";

/** Values of tests/fixtures/training_step.safetensors, by name. */
export interface ReferenceStep {
  arrays: Map<string, NamedArray>;
  /** Of five Adam steps on the batch. */
  losses: number[];
}

/** An eighth of Polychromify's filters, no dropout. */
export const REFERENCE_CONFIG: EncoderDecoderConfig = {
  kind: "encoder-decoder",
  planes: "ab",
  encoder: [8, 16, 32],
  dense: [16, 8, 16],
  decoder: [32, 16, 8],
  strided: true,
  batchNorm: true,
  dropout: 0,
};

/** Reads the fixture. */
export function readReferenceStep(): ReferenceStep {
  const path = new URL("../fixtures/training_step.safetensors", import.meta.url);
  const { arrays, metadata } = decodeSafetensors(Deno.readFileSync(path));
  return { arrays, losses: JSON.parse(metadata.losses!) };
}

/** The network with PyTorch's initial weights; moving statistics as Keras starts them. */
export function buildReferenceNetwork({ arrays }: ReferenceStep): Network {
  const network = buildNetwork(REFERENCE_CONFIG);
  const weights = new Map<string, NamedArray>();
  for (const { originalName: name, shape } of network.layers!.weights) {
    const values = arrays.get(name.replace("/", "-"))?.values;
    const size = shape.reduce<number>((product, side) => product * side!, 1);
    const start = name.endsWith("moving_variance") ? 1 : 0;
    weights.set(name, {
      name,
      shape: shape as number[],
      values: values ?? new Float32Array(size).fill(start),
    });
  }
  assignWeights(network, weights);
  return network;
}
