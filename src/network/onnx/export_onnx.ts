import type * as tf from "@tensorflow/tfjs";
import { decodeSettings } from "../../color/decode_bins.ts";
import { gamutBinCenters } from "../../color/gamut_bins.ts";
import { AB_SCALE } from "../../color/normalize.ts";
import type { ConstantConfig, NetworkConfig } from "../config.ts";
import type { BinHead } from "../layers/bin_head.ts";
import type { Network } from "../network.ts";
import { CHANNEL_AXIS } from "./activations.ts";
import { coherenceNodes } from "./coherence.ts";
import { decodeNodes } from "./decode.ts";
import { OnnxGraph } from "./graph.ts";
import { AB, hintsInput, PICTURE } from "./values.ts";
import { enlarge } from "./resize.ts";
import { addLayers } from "./walk.ts";
import { addEccv16, addSiggraph17 } from "./zhang.ts";

/** Inputs and outputs of an export; which of them there are depends on the network. */
const RESERVED = ["lightness", "hints", "ab", "logits"];

/** What an export is besides the network itself. */
export interface OnnxOptions {
  /** Name of the graph. */
  name: string;
  /** Facts to tell beside those that using the network takes. */
  metadata: Record<string, string>;
  /** How a palette's logits become its output `ab`, from 0, faithful, to 1, vivid. 0 unless told. */
  vividness?: number;
}

/**
 * Writes a network as an ONNX file of 32-bit floats, channels-first, for any batch and any sides that
 * the network takes. Input `lightness` is L*, 0..100, [N, 1, H, W]; output `ab` is ab / 128,
 * [N, 2, H, W]. A palette also takes `hints`, ab / 128 and mask, [N, 3, H, W], and gives `logits`,
 * [N, Q, H / 2, W / 2]; what the bins are stands in the metadata.
 * @throws {RangeError} When a layer has no form in ONNX, naming it, or vividness is outside 0..1.
 */
export async function exportOnnx(
  network: Network,
  { name, metadata, vividness = 0 }: OnnxOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const graph = new OnnxGraph(RESERVED);
  const { sizeMultiple } = network;
  const sides = sizeMultiple === 1 ? "" : `; sides must be multiples of ${sizeMultiple}`;
  const lightness = graph.input("lightness", {
    dimensions: ["batch", 1, ...PICTURE],
    docString: `L* of CIELAB, 0 to 100${sides}`,
  });
  const added = await addNetwork(graph, network, { lightness, vividness });
  return graph.encode({
    name,
    docString: "Predicts the colors of a picture, a* and b* of CIELAB, from its lightness.",
    metadata: {
      ...metadata,
      ab_scale: `${AB_SCALE}`,
      size_multiple: `${sizeMultiple}`,
      ...added,
    },
  });
}

/** Adds a network's nodes and outputs; returns the facts that they need. */
async function addNetwork(
  graph: OnnxGraph,
  network: Network,
  { lightness, vividness }: { lightness: string; vividness: number },
): Promise<Record<string, string>> {
  const { config } = network;
  const layers = network.layers!; // a constant alone has none
  if (config.kind === "palette") {
    return await addPalette(graph, layers, { lightness, vividness });
  }
  if (config.kind === "eccv16") return await addEccv16(graph, layers, { lightness });
  if (config.kind === "siggraph17") return await addSiggraph17(graph, layers, { lightness });
  const ab = config.kind === "constant"
    ? constantColor(graph, lightness, config)
    : bothPlanes(graph, await addRegression(graph, layers, lightness), config);
  graph.output("ab", ab, AB);
  return {};
}

/** Adds a network that goes from lightness to colors at full size. */
async function addRegression(
  graph: OnnxGraph,
  layers: tf.LayersModel,
  lightness: string,
): Promise<string> {
  const channels = [...layers.inputs, ...layers.outputs].map(({ shape }) => shape.at(-1));
  if (!["1,2", "1,1"].includes(channels.join())) {
    throw new RangeError(
      `Cannot export a network as ONNX: it must go from lightness to ab, got channels ${channels}`,
    );
  }
  const [planes] = await addLayers(graph, layers, [lightness]);
  return planes!;
}

/** A network of one plane leaves the other one colorless. */
function bothPlanes(graph: OnnxGraph, planes: string, config: NetworkConfig): string {
  if (config.kind !== "encoder-decoder" || config.planes === "ab") return planes;
  const [before, behind] = config.planes === "a" ? [0, 1] : [1, 0];
  const pads = graph.integers("planes/pads", [0, before, 0, 0, 0, behind, 0, 0]);
  return graph.node("Pad", [planes, pads], { name: "planes" });
}

function constantColor(graph: OnnxGraph, lightness: string, { a, b }: ConstantConfig): string {
  const values = [a / AB_SCALE, b / AB_SCALE];
  const color = graph.floats({ name: "color", shape: [1, 2, 1, 1], values });
  const shape = graph.node("Shape", [lightness], { name: "shape" });
  return graph.node("Expand", [color, shape], { name: "expanded" }); // to [N, 2, H, W]
}

/** Adds lightness beside hints, the layers, and the decoding of what they give. */
async function addPalette(
  graph: OnnxGraph,
  layers: tf.LayersModel,
  { lightness, vividness }: { lightness: string; vividness: number },
): Promise<Record<string, string>> {
  const head = layers.layers.at(-1) as BinHead;
  const seen = [head.input as tf.SymbolicTensor];
  const prior = await head.prior.data<"float32">();
  const settings = decodeSettings(vividness);
  const hints = hintsInput(graph);
  const input = paletteInput(graph, lightness, hints);
  const [features] = await addLayers(graph, { inputs: layers.inputs, outputs: seen }, [input]);
  const coherent = coherenceNodes(graph, features!, lightness);
  const [logits] = await addLayers(graph, { inputs: seen, outputs: layers.outputs }, [coherent]);
  const small = decodeNodes(graph, logits!, { ...settings, prior });
  graph.output("ab", enlarge(graph, small, { picture: lightness }), AB);
  graph.output("logits", logits!, {
    dimensions: ["batch", prior.length, "map_height", "map_width"],
    docString: "Logits of the ab bins that bin_centers in the metadata lists",
  });
  return {
    bin_centers: JSON.stringify([...gamutBinCenters]),
    bin_prior: JSON.stringify([...prior]),
    decode: JSON.stringify({ vividness, ...settings }),
  };
}

/** Normalized lightness and hints, as `paletteInput` of `network/palette.ts`: [N, 4, H, W]. */
function paletteInput(graph: OnnxGraph, lightness: string, hints: string): string {
  const half = graph.scalar("normalize/half", 50);
  const scaled = graph.node("Div", [lightness, half], { name: "normalize/scaled" });
  const one = graph.scalar("normalize/one", 1);
  const normalized = graph.node("Sub", [scaled, one], { name: "normalize" });
  const attributes = { axis: CHANNEL_AXIS };
  return graph.node("Concat", [normalized, hints], { name: "lightness_and_hints", attributes });
}
