import * as tf from "@tensorflow/tfjs";
import type { Network } from "./network.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type FloatType,
  type NamedArray,
} from "./safetensors.ts";

/** The weights of a network by their names, `conv1/kernel` and so on, in the order of the layers. */
export function weightVariables(network: Network): { name: string; variable: tf.Variable }[] {
  return (network.layers?.weights ?? []).map((weight) => ({
    // originalName: tfjs appends _1, _2 to the name when a process builds a network twice.
    name: weight.originalName,
    variable: (weight as unknown as { val: tf.Variable }).val,
  }));
}

/** Reads all weights from the device. */
export function readWeights(network: Network): Promise<NamedArray[]> {
  return readVariables(weightVariables(network));
}

/** Reads variables from the device, all at once: a GPU takes 11 ms for each read that it waits for. */
export function readVariables(
  named: { name: string; variable: tf.Variable }[],
): Promise<NamedArray[]> {
  return Promise.all(named.map(async ({ name, variable }) => {
    const values = await variable.data() as Float32Array;
    return { name, shape: variable.shape, values };
  }));
}

/**
 * Writes arrays into a network's weights.
 * @throws {RangeError} When a weight is missing, has another shape, or holds NaN or infinity.
 */
export function assignWeights(network: Network, arrays: Map<string, NamedArray>): void {
  const variables = weightVariables(network);
  for (const { name, variable } of variables) {
    const array = arrays.get(name);
    if (!array) throw new RangeError(`Cannot load weights: ${name} must be there, got none`);
    if (array.shape.join() !== variable.shape.join()) {
      throw new RangeError(
        `Cannot load weights: ${name} must have shape [${variable.shape}], got [${array.shape}]`,
      );
    }
    const bad = firstNotFinite(array.values);
    if (bad >= 0) {
      throw new RangeError(
        `Cannot load weights: ${name} must be finite, got ${array.values[bad]} at ${bad}`,
      );
    }
  }
  for (const { name, variable } of variables) {
    const { values, shape } = arrays.get(name)!;
    tf.tidy(() => variable.assign(tf.tensor(values, shape)));
  }
}

/** A plain loop: `findIndex` takes ten times as long, which shows when a server starts. */
function firstNotFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) return i;
  }
  return -1;
}

/** Serializes a network's weights as safetensors. */
export async function saveWeights(
  network: Network,
  type: FloatType,
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeSafetensors(await readWeights(network), { type });
}

/**
 * Loads safetensors bytes into a network.
 * @throws {SyntaxError} When the bytes are no safetensors file.
 * @throws {RangeError} When they do not fit the network.
 */
export function loadWeights(network: Network, bytes: Uint8Array): void {
  assignWeights(network, decodeSafetensors(bytes).arrays);
}
