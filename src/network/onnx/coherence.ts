import { COHERENCE } from "../coherent_features.ts";
import { CHANNEL_AXIS } from "./activations.ts";
import type { OnnxGraph } from "./graph.ts";

/** Far from all lightness: neighbors beyond the picture weigh nothing. 16-bit floats have it, too. */
const BEYOND = 1e4;
/** The end of an axis, for a slice. */
const END = 2 ** 31 - 1;

/** The 3x3 taps. */
const TAPS = Array.from({ length: 9 }, (_, tap) => ({
  ...{ tap, down: Math.floor(tap / 3), across: tap % 3 },
}));

/**
 * Adds what `coherentFeatures` of `network/coherent_features.ts` computes.
 * @param features Value of shape [N, C, H / 2, W / 2].
 * @param lightness L*, [N, 1, H, W].
 * @returns Shape of the features.
 */
export function coherenceNodes(graph: OnnxGraph, features: string, lightness: string): string {
  const guide = graph.node("AveragePool", [lightness], {
    name: "coherence/guide",
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  });
  return COHERENCE.dilations.reduce(
    (values, dilation) => edgeAwareMean(graph, values, { guide, dilation }),
    features,
  );
}

/** Averages each pixel with its 8 neighbors at a distance, weighted by how alike the guide is. */
function edgeAwareMean(
  graph: OnnxGraph,
  values: string,
  { guide, dilation }: { guide: string; dilation: number },
): string {
  const name = `coherence/${dilation}`;
  const weights = weightsOf(graph, guide, { name, dilation });
  const pads = padsOf(graph, name, dilation);
  const padded = graph.node("Pad", [values, pads], { name: `${name}/padded` });
  const sides = graph.integers(`${name}/sides`, [2, 3]);
  const channel = graph.integers(`${name}/channel`, [CHANNEL_AXIS]);
  const summands = TAPS.map(({ tap, down, across }) => {
    const [starts, ends] = [[down, across], [down - 2, across - 2]].map((corner, i) =>
      graph.integers(
        `${name}/corner`,
        corner.map((at) => i === 1 && at === 0 ? END : at * dilation),
      )
    );
    const neighbor = graph.node("Slice", [padded, starts!, ends!, sides], {
      name: `${name}/neighbor`,
    });
    const [first, next] = [tap, tap + 1].map((at) => graph.integers(`${name}/tap`, [at]));
    const weight = graph.node("Slice", [weights, first!, next!, channel], {
      name: `${name}/weight`,
    });
    return graph.node("Mul", [neighbor, weight], { name: `${name}/summand` });
  });
  return graph.node("Sum", summands, { name: `${name}/mean` });
}

/** Weights of the taps, [N, 9, H / 2, W / 2], with sum 1. */
function weightsOf(
  graph: OnnxGraph,
  guide: string,
  { name, dilation }: { name: string; dilation: number },
): string {
  const pads = padsOf(graph, name, dilation);
  const beyond = graph.scalar(`${name}/beyond`, BEYOND);
  const padded = graph.node("Pad", [guide, pads, beyond], { name: `${name}/guide` });
  // Each filter subtracts the middle from one tap.
  const filters = graph.floats({
    name: `${name}/filters`,
    shape: [9, 1, 3, 3],
    values: TAPS.flatMap(({ tap }) =>
      TAPS.map((at) => Number(at.tap === tap) - Number(at.tap === 4))
    ),
  });
  const differences = graph.node("Conv", [padded, filters], {
    name: `${name}/differences`,
    attributes: { dilations: [dilation, dilation] },
  });
  const squares = graph.node("Mul", [differences, differences], { name: `${name}/squares` });
  const scale = graph.scalar(`${name}/scale`, -1 / (2 * COHERENCE.deviation ** 2));
  const scaled = graph.node("Mul", [squares, scale], { name: `${name}/scaled` });
  // Half of the middle at a side, a quarter at a corner, as logarithms.
  const places = graph.floats({
    name: `${name}/places`,
    shape: [9, 1, 1],
    values: TAPS.map(({ down, across }) => -Math.LN2 * (Math.abs(down - 1) + Math.abs(across - 1))),
  });
  const exponents = graph.node("Add", [scaled, places], { name: `${name}/exponents` });
  const attributes = { axis: CHANNEL_AXIS };
  return graph.node("Softmax", [exponents], { name: `${name}/weights`, attributes });
}

/** Room for the taps at all sides. */
function padsOf(graph: OnnxGraph, name: string, dilation: number): string {
  const sides = [0, 0, dilation, dilation];
  return graph.integers(`${name}/pads`, [...sides, ...sides]);
}
