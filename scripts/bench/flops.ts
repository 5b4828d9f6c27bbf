import type * as tf from "@tensorflow/tfjs";
import { UpsampledConv2d } from "../../src/network/layers/upsampled_conv.ts";
import type { Network } from "../../src/network/network.ts";

/** Floating-point operations for one picture; a multiplication and an addition are two. */
export interface NetworkFlops {
  inference: number;
  /** Forward, and the gradients of weights and inputs, of which the first layer needs none. */
  training: number;
}

/**
 * Counts the arithmetic of a network's convolutions, as few as they need: an upsampled convolution
 * shares the products of equal neighbors. Everything else is small beside them and left out.
 * @param options.sizePx Side of the square picture.
 */
export function networkFlops({ layers }: Network, { sizePx }: { sizePx: number }): NetworkFlops {
  const sides = new Map<string, number>();
  const flops: number[] = [];
  for (const layer of layers?.layers ?? []) {
    const side = outputSide(layer, inputNames(layer).map((name) => sides.get(name)!)) ?? sizePx;
    sides.set(layer.name, side);
    const kernel = layer.weights.find((weight) => weight.shape.length === 4)?.shape as number[];
    if (kernel) flops.push(2 * side * side * products(layer, kernel));
  }
  const inference = flops.reduce((sum, each) => sum + each, 0);
  return { inference, training: 3 * inference - (flops[0] ?? 0) };
}

/** Products for one output pixel. */
function products(layer: tf.layers.Layer, kernel: number[]): number {
  const all = kernel.reduce((product, size) => product * size, 1);
  // Of the nine taps on an upsampled picture four differ.
  return layer instanceof UpsampledConv2d ? all * 4 / 9 : all;
}

/** Side of a layer's output; undefined for the network's input. */
function outputSide(layer: tf.layers.Layer, inputSides: number[]): number | undefined {
  if (inputSides.length === 0) return undefined;
  const shapes = inputSides.map((side) => [1, side, side, 1]);
  const output = layer.computeOutputShape(shapes.length > 1 ? shapes : shapes[0]!) as tf.Shape;
  return output[1]!;
}

function inputNames(layer: tf.layers.Layer): string[] {
  // The part of tfjs' graph that its types leave out.
  const { inboundNodes } = layer as unknown as {
    inboundNodes: { inboundLayers: { name: string }[] }[];
  };
  return inboundNodes[0]!.inboundLayers.map(({ name }) => name);
}
