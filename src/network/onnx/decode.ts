import { binLogitOffsets, type DecodeSettings } from "../../color/decode_bins.ts";
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
  const temperature = graph.scalar("decode/temperature", settings.temperature);
  const adjusted = graph.node("Div", [moved, temperature], { name: "decode/adjusted" });
  const attributes = { axis: CHANNEL_AXIS };
  const shares = graph.node("Softmax", [adjusted], { name: "decode/shares", attributes });
  const ab = meanOf(graph, shares, { name: "ab", rows: binPlanes().slice(0, 2) });
  return settings.chroma === 1 ? ab : restoreChroma(graph, ab, { shares, most: settings.chroma });
}

/** Multiplies the chroma of mean colors towards the mean of the chroma. */
function restoreChroma(
  graph: OnnxGraph,
  ab: string,
  { shares, most }: { shares: string; most: number },
): string {
  const radius = meanOf(graph, shares, { name: "radius", rows: binPlanes().slice(2) });
  const chroma = graph.node("ReduceL2", [ab], {
    name: "decode/chroma",
    attributes: { axes: [CHANNEL_AXIS], keepdims: 1 },
  });
  const tiny = graph.scalar("decode/tiny", TINY);
  const divisor = graph.node("Add", [chroma, tiny], { name: "decode/divisor" });
  const lost = graph.node("Div", [radius, divisor], { name: "decode/lost" });
  const range = [graph.scalar("decode/least", 1), graph.scalar("decode/most", most)];
  const factor = graph.node("Clip", [lost, ...range], { name: "decode/factor" });
  return graph.node("Mul", [ab, factor], { name: "decode/restored" });
}

/** Means of values that each bin has, over the shares of the bins: a 1x1 convolution. */
function meanOf(
  graph: OnnxGraph,
  shares: string,
  { name, rows }: { name: string; rows: number[][] },
): string {
  const values = graph.floats({
    name: `decode/${name}/bins`,
    shape: [rows.length, rows[0]!.length, 1, 1],
    values: rows.flat(),
  });
  return graph.node("Conv", [shares, values], { name: `decode/${name}` });
}

/** a / 128, b / 128 and chroma / 128 of the bins, shape [3, Q]. */
function binPlanes(): number[][] {
  const bins = Array.from({ length: gamutBinCenters.length / 2 }, (_, bin) => {
    const [a, b] = [gamutBinCenters[2 * bin]!, gamutBinCenters[2 * bin + 1]!];
    return [a, b, Math.hypot(a, b)].map((value) => value / AB_SCALE);
  });
  return [0, 1, 2].map((plane) => bins.map((values) => values[plane]!));
}
