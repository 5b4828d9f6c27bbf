import {
  binLogitOffsets,
  type DecodeSettings,
  FAITHFUL_TEMPERATURE,
  keepsFaithful,
} from "../../color/decode_bins.ts";
import { gamutBinCenters } from "../../color/gamut_bins.ts";
import { AB_SCALE } from "../../color/normalize.ts";
import { CHANNEL_AXIS } from "./activations.ts";
import type { OnnxGraph } from "./graph.ts";

/** Below all that a pixel shows. */
const TINY = 1e-6;

/**
 * Adds the decoding of logits to colors, as `decodeLogits` of `network/decode_logits.ts` computes it.
 * @param logits Value of shape [N, Q, H, W].
 * @param options.prior Shares of the bins, shape [Q], with sum 1.
 * @returns ab / 128, shape [N, 2, H, W].
 */
export function decodeNodes(
  graph: OnnxGraph,
  logits: string,
  { prior, ...settings }: DecodeSettings & { prior: ArrayLike<number> },
): string {
  const bins = prior.length;
  const offsets = graph.floats({
    name: "decode/offsets",
    shape: [bins, 1, 1],
    values: binLogitOffsets(prior, { ...settings, centers: gamutBinCenters }),
  });
  const moved = graph.node("Add", [logits, offsets], { name: "decode/moved" });
  const vivid = meanColors(graph, moved, { name: "decode", temperature: settings.temperature });
  const restored = settings.chroma === 1 ? vivid.ab : restoreChroma(graph, vivid, settings.chroma);
  return keepsFaithful(settings) ? calm(graph, restored, { logits, ...settings }) : restored;
}

/** Multiplies the chroma of mean colors towards the mean of the chroma. */
function restoreChroma(graph: OnnxGraph, { ab, shares }: MeanColors, most: number): string {
  const name = "decode";
  const [chroma, radius] = [lengthOf(graph, ab, name), meanRadius(graph, shares, name)];
  const tiny = graph.scalar("decode/tiny", TINY);
  const divisor = graph.node("Add", [chroma, tiny], { name: "decode/divisor" });
  const lost = graph.node("Div", [radius, divisor], { name: "decode/lost" });
  const range = [graph.scalar("decode/least", 1), graph.scalar("decode/most", most)];
  const factor = graph.node("Clip", [lost, ...range], { name: "decode/factor" });
  return graph.node("Mul", [ab, factor], { name: "decode/restored" });
}

/** Mixes colors with the faithful ones where hues disagree or colors are pale. */
function calm(
  graph: OnnxGraph,
  vivid: string,
  { logits, dispersion, neutral }: { logits: string; dispersion: number; neutral: number },
): string {
  const name = "faithful";
  const { ab, shares } = meanColors(graph, logits, { name, temperature: FAITHFUL_TEMPERATURE });
  const [radius, chroma] = [meanRadius(graph, shares, name), lengthOf(graph, ab, name)];
  const lacking = graph.node("Sub", [radius, chroma], { name: "faithful/lacking" });
  const half = graph.scalar("faithful/dispersion", dispersion / AB_SCALE);
  const disagreement = graph.node("Div", [lacking, half], { name: "faithful/disagreement" });
  const hue = onePlusPower(graph, disagreement, { name: "faithful/hue", squares: 2 });
  const tiny = graph.scalar("faithful/tiny", TINY);
  const chromatic = graph.node("Add", [radius, tiny], { name: "faithful/chromatic" });
  const pale = graph.scalar("faithful/neutral", neutral / AB_SCALE);
  const ratio = graph.node("Div", [pale, chromatic], { name: "faithful/ratio" });
  const paleness = onePlusPower(graph, ratio, { name: "faithful/paleness", squares: 3 });
  const divisor = graph.node("Mul", [hue, paleness], { name: "faithful/divisor" });
  const difference = graph.node("Sub", [vivid, ab], { name: "faithful/difference" });
  const part = graph.node("Div", [difference, divisor], { name: "faithful/part" });
  return graph.node("Add", [ab, part], { name: "faithful/mixed" });
}

/** 1 plus a value that is squared so many times. */
function onePlusPower(
  graph: OnnxGraph,
  value: string,
  { name, squares }: { name: string; squares: number },
): string {
  let power = value;
  for (let i = 1; i <= squares; i++) {
    power = graph.node("Mul", [power, power], { name: `${name}/square${i}` });
  }
  const one = graph.scalar(`${name}/one`, 1);
  return graph.node("Add", [power, one], { name: `${name}/plus` });
}

/** Values of shapes [N, 2, H, W] and [N, Q, H, W]. */
interface MeanColors {
  ab: string;
  shares: string;
}

/** Mean colors over the softmax of logits. */
function meanColors(
  graph: OnnxGraph,
  logits: string,
  { name, temperature }: { name: string; temperature: number },
): MeanColors {
  const divisor = graph.scalar(`${name}/temperature`, temperature);
  const adjusted = graph.node("Div", [logits, divisor], { name: `${name}/adjusted` });
  const attributes = { axis: CHANNEL_AXIS };
  const shares = graph.node("Softmax", [adjusted], { name: `${name}/shares`, attributes });
  const ab = meanOf(graph, shares, { name: `${name}/ab`, rows: binPlanes().slice(0, 2) });
  return { ab, shares };
}

function meanRadius(graph: OnnxGraph, shares: string, name: string): string {
  return meanOf(graph, shares, { name: `${name}/radius`, rows: binPlanes().slice(2) });
}

function lengthOf(graph: OnnxGraph, ab: string, name: string): string {
  return graph.node("ReduceL2", [ab], {
    name: `${name}/chroma`,
    attributes: { axes: [CHANNEL_AXIS], keepdims: 1 },
  });
}

/** Means of values that each bin has, over the shares of the bins: a 1x1 convolution. */
function meanOf(
  graph: OnnxGraph,
  shares: string,
  { name, rows }: { name: string; rows: number[][] },
): string {
  const values = graph.floats({
    name: `${name}/bins`,
    shape: [rows.length, rows[0]!.length, 1, 1],
    values: rows.flat(),
  });
  return graph.node("Conv", [shares, values], { name });
}

/** a / 128, b / 128 and chroma / 128 of the bins, shape [3, Q]. */
function binPlanes(): number[][] {
  const bins = Array.from({ length: gamutBinCenters.length / 2 }, (_, bin) => {
    const [a, b] = [gamutBinCenters[2 * bin]!, gamutBinCenters[2 * bin + 1]!];
    return [a, b, Math.hypot(a, b)].map((value) => value / AB_SCALE);
  });
  return [0, 1, 2].map((plane) => bins.map((values) => values[plane]!));
}
