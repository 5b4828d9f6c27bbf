/** The two networks of Zhang et al. as ONNX: what goes on around their layers. */
import type * as tf from "@tensorflow/tfjs";
import { BIN_COUNT } from "../../color/ab_bins.ts";
import { AB_SCALE } from "../../color/normalize.ts";
import { ZHANG_AB_SCALE } from "../zhang_blocks.ts";
import { CHANNEL_AXIS } from "./activations.ts";
import type { OnnxGraph } from "./graph.ts";
import { enlarge } from "./resize.ts";
import { AB, hintsInput } from "./values.ts";
import { addLayers } from "./walk.ts";

/** Adds `eccv16`, as `predictEccv16` runs it. Returns the facts that its outputs need. */
export async function addEccv16(
  graph: OnnxGraph,
  layers: tf.LayersModel,
  { lightness }: { lightness: string },
): Promise<Record<string, string>> {
  const [logits, small] = await addLayers(graph, layers, [lightness]);
  graph.output("ab", enlarge(graph, toAb(graph, small!), { picture: lightness }), AB);
  graph.output("logits", logits!, {
    dimensions: ["batch", BIN_COUNT, "map_height", "map_width"],
    docString: "Logits of the ab bins that bin_centers in the metadata lists",
  });
  const mean = layers.getLayer("ab");
  const centers = await mean.getWeights()[0]!.data(); // those of an import may be others than ours
  return {
    bin_centers: JSON.stringify(Array.from(centers, unscaled)),
    temperature: String(mean.getConfig().temperature),
  };
}

/** Adds `siggraph17`, as `predictSiggraph17` runs it; its class head is left out. */
export async function addSiggraph17(
  graph: OnnxGraph,
  layers: tf.LayersModel,
  { lightness }: { lightness: string },
): Promise<Record<string, string>> {
  const input = siggraph17Input(graph, { lightness, hints: hintsInput(graph) });
  const [ab] = await addLayers(graph, layers, [input]);
  graph.output("ab", toAb(graph, ab!), AB);
  return {};
}

/** ab / 110 to ab, without what 32 bits add to whole numbers. */
function unscaled(value: number): number {
  return Number((value * ZHANG_AB_SCALE).toPrecision(6));
}

/** ab / 110 to ab / 128. */
function toAb(graph: OnnxGraph, ab: string): string {
  const scale = graph.scalar("scale/factor", ZHANG_AB_SCALE / AB_SCALE);
  return graph.node("Mul", [ab, scale], { name: "scale" });
}

/** Normalized lightness and hints, as `siggraph17Input` of `network/siggraph17.ts`: [N, 4, H, W]. */
function siggraph17Input(
  graph: OnnxGraph,
  { lightness, hints }: { lightness: string; hints: string },
): string {
  const half = graph.scalar("normalize/half", 50);
  const centered = graph.node("Sub", [lightness, half], { name: "normalize/centered" });
  const range = graph.scalar("normalize/range", 100);
  const normalized = graph.node("Div", [centered, range], { name: "normalize" });
  const to110 = AB_SCALE / ZHANG_AB_SCALE;
  const values = [to110, to110, 1];
  const scales = graph.floats({ name: "hints/scales", shape: [1, 3, 1, 1], values });
  const scaled = graph.node("Mul", [hints, scales], { name: "hints/scaled" });
  const attributes = { axis: CHANNEL_AXIS };
  return graph.node("Concat", [normalized, scaled], { name: "lightness_and_hints", attributes });
}
