/** Activations as ONNX nodes: those of other layers, and layers of their own. */
import type { OnnxGraph } from "./graph.ts";
import { type LayerCall, onlyInput, refuse } from "./layer_call.ts";

/** The axis of the channels in [N, C, H, W]. */
export const CHANNEL_AXIS = 1;

/** Operators by what tfjs calls the activation; those of more than one node are not among them. */
const OPERATORS: Readonly<Record<string, string>> = {
  relu: "Relu",
  sigmoid: "Sigmoid",
  softmax: "Softmax",
  tanh: "Tanh",
};

/**
 * Adds the activation of a layer behind what it computes.
 * @throws {RangeError} Naming an activation that has no operator here.
 */
export function activate(
  graph: OnnxGraph,
  value: string,
  { call, activation }: { call: LayerCall; activation: unknown },
): string {
  if (activation === "linear") return value;
  const opType = OPERATORS[String(activation)];
  if (!opType) {
    refuse(call, `activation must be linear or ${Object.keys(OPERATORS).join(", ")}`, activation);
  }
  const attributes = activation === "softmax" ? { axis: CHANNEL_AXIS } : {};
  return graph.node(opType, [value], { name: `${call.name}/${activation}`, attributes });
}

/** `tf.layers.activation`. */
export function activationLayer(graph: OnnxGraph, call: LayerCall): string {
  return activate(graph, onlyInput(call), { call, activation: call.config.activation });
}

/** `tf.layers.reLU`. */
export function reluLayer(graph: OnnxGraph, call: LayerCall): string {
  const { maxValue } = call.config;
  if (maxValue !== undefined && maxValue !== null) refuse(call, "maxValue must be none", maxValue);
  return activate(graph, onlyInput(call), { call, activation: "relu" });
}

/** `tf.layers.leakyReLU`. */
export function leakyReluLayer(graph: OnnxGraph, call: LayerCall): string {
  const floats = { alpha: call.config.alpha as number };
  return graph.node("LeakyRelu", [onlyInput(call)], { name: call.name, floats });
}

/** `tf.layers.softmax` over the channels. */
export function softmaxLayer(graph: OnnxGraph, call: LayerCall): string {
  checkChannelAxis(call);
  return activate(graph, onlyInput(call), { call, activation: "softmax" });
}

/** Makes sure that a layer works along the channels, the last axis of [N, H, W, C]. */
export function checkChannelAxis(call: LayerCall): void {
  const { axis } = call.config;
  if (axis !== -1 && axis !== 3) refuse(call, "axis must be that of the channels", axis);
}
