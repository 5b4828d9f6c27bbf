import type * as tf from "@tensorflow/tfjs";
import type { NamedArray } from "../safetensors.ts";
import type { OnnxGraph } from "./graph.ts";
import { LAYER_CONVERSIONS } from "./layers.ts";

/**
 * Adds every layer of a model, or of a part of one, to a graph, each behind those that it takes its inputs from. The
 * layers' [N, H, W, C] become [N, C, H, W].
 * @param inputs The values that the model's inputs become, in their order.
 * @returns The values of the model's outputs, in their order.
 * @throws {RangeError} Naming a layer that has no conversion, or whose settings have none.
 */
export async function addLayers(
  graph: OnnxGraph,
  model: Pick<tf.LayersModel, "inputs" | "outputs">,
  inputs: readonly string[],
): Promise<string[]> {
  const values = new Map(model.inputs.map(({ id }, i) => [id, inputs[i]!]));
  const visit = async (tensor: tf.SymbolicTensor): Promise<string> => {
    const known = values.get(tensor.id);
    if (known !== undefined) return known;
    const sources: string[] = [];
    for (const source of tensor.inputs) sources.push(await visit(source));
    const value = await addLayer(graph, tensor.sourceLayer, sources);
    values.set(tensor.id, value);
    return value;
  };
  const outputs: string[] = [];
  for (const output of model.outputs) outputs.push(await visit(output));
  return outputs;
}

async function addLayer(
  graph: OnnxGraph,
  layer: tf.layers.Layer,
  inputs: readonly string[],
): Promise<string> {
  const { name } = layer;
  const kind = layer.getClassName();
  const convert = LAYER_CONVERSIONS[kind];
  if (!convert) {
    const known = Object.keys(LAYER_CONVERSIONS).join(", ");
    throw new RangeError(
      `Cannot export layer ${name} as ONNX: must be one of ${known}, got ${kind}`,
    );
  }
  return convert(graph, {
    name,
    config: layer.getConfig(),
    weights: await readLayerWeights(layer),
    inputs,
  });
}

/** Weights by what follows the layer's name in theirs. */
async function readLayerWeights(layer: tf.layers.Layer): Promise<Map<string, NamedArray>> {
  const weights = new Map<string, NamedArray>();
  for (const variable of layer.weights) {
    const name = variable.originalName.split("/").at(-1)!;
    const tensor = variable.read();
    weights.set(name, { name, shape: tensor.shape, values: await tensor.data<"float32">() });
  }
  return weights;
}
