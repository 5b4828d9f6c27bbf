/** Which layers there are ONNX nodes for. A new kind of layer is one function, and its line here. */
import { AnnealedMean } from "../layers/annealed_mean.ts";
import { BatchNorm } from "../layers/batch_norm.ts";
import { BinHead } from "../layers/bin_head.ts";
import { ConvRelu } from "../layers/conv_relu.ts";
import { SeededDropout } from "../layers/dropout.ts";
import { UpsampledConv2d } from "../layers/upsampled_conv.ts";
import {
  activationLayer,
  CHANNEL_AXIS,
  checkChannelAxis,
  leakyReluLayer,
  reluLayer,
  softmaxLayer,
} from "./activations.ts";
import {
  annealedMean,
  binHead,
  conv2d,
  conv2dTranspose,
  convRelu,
  upsampledConv,
} from "./convolutions.ts";
import type { OnnxGraph } from "./graph.ts";
import {
  checkSetting,
  type LayerCall,
  type LayerConversion,
  onlyInput,
  weightConstant,
  weightOf,
} from "./layer_call.ts";
import { resize } from "./resize.ts";

/** Conversions by the class names of the layers: ours, and those of tfjs. */
export const LAYER_CONVERSIONS: Readonly<Record<string, LayerConversion>> = {
  [AnnealedMean.className]: annealedMean,
  [BatchNorm.className]: batchNorm,
  [BinHead.className]: binHead,
  [ConvRelu.className]: convRelu,
  [SeededDropout.className]: (_, call) => onlyInput(call),
  [UpsampledConv2d.className]: upsampledConv,
  Activation: activationLayer,
  Add: add,
  AveragePooling2D: averagePooling2d,
  BatchNormalization: batchNorm,
  Concatenate: concatenate,
  Conv2D: conv2d,
  Conv2DTranspose: conv2dTranspose,
  Dropout: (_, call) => onlyInput(call),
  LeakyReLU: leakyReluLayer,
  ReLU: reluLayer,
  Rescaling: rescaling,
  Softmax: softmaxLayer,
  UpSampling2D: upSampling2d,
  ZeroPadding2D: zeroPadding2d,
};

/** `BatchNorm`, and `tf.layers.batchNormalization` with center and scale: by the moving statistics. */
function batchNorm(graph: OnnxGraph, call: LayerCall): string {
  if ("axis" in call.config) checkChannelAxis(call);
  const weights = ["gamma", "beta", "moving_mean", "moving_variance"].map((name) =>
    weightConstant(graph, call, weightOf(call, name))
  );
  return graph.node("BatchNormalization", [onlyInput(call), ...weights], {
    name: call.name,
    floats: { epsilon: call.config.epsilon as number },
  });
}

function averagePooling2d(graph: OnnxGraph, call: LayerCall): string {
  checkSetting(call, "dataFormat", ["channelsLast"]);
  checkSetting(call, "padding", ["valid"]);
  const { poolSize, strides } = call.config as unknown as Record<string, [number, number]>;
  return graph.node("AveragePool", [onlyInput(call)], {
    name: call.name,
    attributes: { kernel_shape: poolSize!, strides: strides! },
  });
}

function add(graph: OnnxGraph, call: LayerCall): string {
  return graph.node("Sum", [...call.inputs], { name: call.name });
}

function concatenate(graph: OnnxGraph, call: LayerCall): string {
  checkChannelAxis(call);
  return graph.node("Concat", [...call.inputs], {
    name: call.name,
    attributes: { axis: CHANNEL_AXIS },
  });
}

function rescaling(graph: OnnxGraph, call: LayerCall): string {
  const { scale, offset } = call.config as { scale: number; offset: number };
  const factor = graph.scalar(`${call.name}/scale`, scale);
  const scaled = graph.node("Mul", [onlyInput(call), factor], { name: `${call.name}/scaled` });
  const summand = graph.scalar(`${call.name}/offset`, offset);
  return graph.node("Add", [scaled, summand], { name: call.name });
}

function upSampling2d(graph: OnnxGraph, call: LayerCall): string {
  checkSetting(call, "dataFormat", ["channelsLast"]);
  checkSetting(call, "interpolation", ["nearest", "bilinear"]);
  return resize(graph, onlyInput(call), {
    name: call.name,
    mode: call.config.interpolation === "nearest" ? "nearest" : "linear",
    coordinates: "asymmetric",
    scales: call.config.size as unknown as [number, number],
  });
}

function zeroPadding2d(graph: OnnxGraph, call: LayerCall): string {
  checkSetting(call, "dataFormat", ["channelsLast"]);
  const [[top, bottom], [left, right]] = call.config.padding as unknown as [
    [number, number],
    [number, number],
  ];
  const pads = graph.integers(`${call.name}/pads`, [0, 0, top, left, 0, 0, bottom, right]);
  return graph.node("Pad", [onlyInput(call), pads], { name: call.name });
}
