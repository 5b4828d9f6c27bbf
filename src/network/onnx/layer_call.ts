import type * as tf from "@tensorflow/tfjs";
import type { NamedArray } from "../safetensors.ts";
import type { OnnxGraph } from "./graph.ts";

/** A layer where it stands in a network. */
export interface LayerCall {
  name: string;
  /** Its `getConfig()`. */
  config: tf.serialization.ConfigDict;
  /** Its weights by their own names, such as `kernel`. */
  weights: ReadonlyMap<string, NamedArray>;
  /** The values that it takes. */
  inputs: readonly string[];
}

/** Adds the nodes of a layer to a graph; returns the value that the layer gives. */
export type LayerConversion = (graph: OnnxGraph, call: LayerCall) => string;

/** The only input of a layer that takes one. */
export function onlyInput(call: LayerCall): string {
  const [input] = call.inputs;
  if (input === undefined || call.inputs.length > 1) {
    refuse(call, "it must take one input", call.inputs.length);
  }
  return input;
}

/** A weight that a layer must have. */
export function weightOf(call: LayerCall, name: string): NamedArray {
  const weight = call.weights.get(name);
  if (!weight) refuse(call, `it must have a weight ${name}`, [...call.weights.keys()]);
  return weight;
}

/** Makes a layer's weight a constant, under both their names. */
export function weightConstant(graph: OnnxGraph, call: LayerCall, weight: NamedArray): string {
  return graph.floats({ ...weight, name: `${call.name}/${weight.name}` });
}

/**
 * Makes sure that a setting is one of those that the conversion knows.
 * @throws {RangeError} Naming the layer, the setting and its value.
 */
export function checkSetting(call: LayerCall, setting: string, allowed: readonly unknown[]): void {
  const value = call.config[setting];
  if (!allowed.includes(value)) {
    refuse(call, `${setting} must be one of ${JSON.stringify(allowed)}`, value);
  }
}

/** Refuses a layer, with the rule that it breaks. */
export function refuse(call: Pick<LayerCall, "name">, rule: string, got: unknown): never {
  throw new RangeError(
    `Cannot export layer ${call.name} as ONNX: ${rule}, got ${JSON.stringify(got)}`,
  );
}
