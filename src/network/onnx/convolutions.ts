/** Convolutions as ONNX nodes: ours, and those of tfjs. */
import { channelsFirst } from "../channels_first.ts";
import { activate } from "./activations.ts";
import type { OnnxGraph } from "./graph.ts";
import {
  checkSetting,
  type LayerCall,
  onlyInput,
  refuse,
  weightConstant,
  weightOf,
} from "./layer_call.ts";
import { resize } from "./resize.ts";

type Pair = readonly [vertical: number, horizontal: number];

/** What places the kernel of a convolution. */
interface Geometry {
  /** Zeros on every side where it is a number. */
  padding: "same" | "valid" | number;
  strides: Pair;
  dilations: Pair;
}

const PLAIN: Geometry = { padding: "same", strides: [1, 1], dilations: [1, 1] };

/** `ConvRelu`: bias, activation, and zeros around or none. */
export function convRelu(graph: OnnxGraph, call: LayerCall): string {
  const { strides, dilation, activation } = call.config as Record<string, number>;
  const geometry: Geometry = {
    padding: call.config.padding as "same" | number,
    strides: [strides!, strides!],
    dilations: [dilation!, dilation!],
  };
  return activate(graph, convolve(graph, call, { input: onlyInput(call), geometry }), {
    call,
    activation,
  });
}

/** `UpsampledConv2d`: nearest upsampling by 2, then a convolution and ReLU. */
export function upsampledConv(graph: OnnxGraph, call: LayerCall): string {
  const enlarged = resize(graph, onlyInput(call), {
    name: `${call.name}/upsample`,
    mode: "nearest",
    coordinates: "asymmetric",
    scales: [2, 2],
  });
  const sums = convolve(graph, call, { input: enlarged, geometry: PLAIN });
  return activate(graph, sums, { call, activation: "relu" });
}

/** `AnnealedMean`: softmax of the sharpened logits, and the colors that its bins have. */
export function annealedMean(graph: OnnxGraph, call: LayerCall): string {
  const temperature = graph.scalar(`${call.name}/temperature`, call.config.temperature as number);
  const input = [onlyInput(call), temperature];
  const sharpened = graph.node("Div", input, { name: `${call.name}/sharpened` });
  const shares = activate(graph, sharpened, { call, activation: "softmax" });
  return convolve(graph, call, { input: shares, geometry: PLAIN });
}

/** `BinHead`: a 1x1 convolution. Its prior is no part of what it computes. */
export function binHead(graph: OnnxGraph, call: LayerCall): string {
  return convolve(graph, call, { input: onlyInput(call), geometry: PLAIN });
}

/** `tf.layers.conv2d`. */
export function conv2d(graph: OnnxGraph, call: LayerCall): string {
  checkSetting(call, "dataFormat", ["channelsLast"]);
  checkSetting(call, "padding", ["same", "valid"]);
  const { padding, strides, dilationRate, activation } = call.config as unknown as {
    padding: "same" | "valid";
    strides: Pair;
    dilationRate: Pair;
    activation: unknown;
  };
  const geometry = { padding, strides, dilations: dilationRate };
  const sums = convolve(graph, call, { input: onlyInput(call), geometry });
  return activate(graph, sums, { call, activation });
}

/** `tf.layers.conv2dTranspose`: the gradient of a convolution with the same settings. */
export function conv2dTranspose(graph: OnnxGraph, call: LayerCall): string {
  checkSetting(call, "dataFormat", ["channelsLast"]);
  checkSetting(call, "padding", ["same", "valid"]);
  const { padding, strides, activation } = call.config as unknown as {
    padding: "same" | "valid";
    strides: Pair;
    activation: unknown;
  };
  const kernel = channelsFirst(weightOf(call, "kernel"));
  const sides = kernel.shape.slice(2) as [number, number];
  // With "same" the result has `strides` times the sides of the input.
  const cut = sides.map((side, axis) => padding === "same" ? side - strides[axis]! : 0);
  const sums = graph.node("ConvTranspose", operands(graph, call, onlyInput(call)), {
    name: call.name,
    attributes: {
      strides,
      pads: aroundBoth(cut.map((total) => Math.max(0, total))),
      output_padding: cut.map((total) => Math.max(0, -total)),
    },
  });
  return activate(graph, sums, { call, activation });
}

function convolve(
  graph: OnnxGraph,
  call: LayerCall,
  { input, geometry }: { input: string; geometry: Geometry },
): string {
  const [height, width] = weightOf(call, "kernel").shape as [number, number];
  return graph.node("Conv", operands(graph, call, input), {
    name: call.name,
    attributes: {
      strides: geometry.strides,
      dilations: geometry.dilations,
      ...paddingOf(call, { ...geometry, sides: [height, width] }),
    },
  });
}

/** What a convolution takes: features, kernel and, where the layer has one, bias. */
function operands(graph: OnnxGraph, call: LayerCall, input: string): string[] {
  const bias = call.weights.get("bias");
  return [
    input,
    weightConstant(graph, call, channelsFirst(weightOf(call, "kernel"))),
    ...(bias ? [weightConstant(graph, call, bias)] : []),
  ];
}

/** Padding depends on the size of the input where strides differ from 1: only then ONNX finds it. */
function paddingOf(
  call: LayerCall,
  { padding, strides, dilations, sides }: Geometry & { sides: Pair },
): Record<string, number[] | string> {
  if (padding === "valid") return {};
  if (padding !== "same") return { pads: Array<number>(4).fill(padding) };
  if (strides.every((stride) => stride === 1)) {
    return { pads: aroundBoth(sides.map((side, axis) => (side - 1) * dilations[axis]!)) };
  }
  if (dilations.some((dilation) => dilation !== 1)) {
    refuse(call, "strides or dilations must be 1 with padding same", { strides, dilations });
  }
  return { auto_pad: "SAME_UPPER" };
}

/** Splits what each axis gets: [top, left, bottom, right], the larger halves behind. */
function aroundBoth(totals: readonly number[]): number[] {
  const before = totals.map((total) => Math.floor(total / 2));
  return [...before, ...totals.map((total, axis) => total - before[axis]!)];
}
