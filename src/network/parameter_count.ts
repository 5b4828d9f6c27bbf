import { buildNetwork } from "./build.ts";
import type { NetworkConfig } from "./config.ts";

/** Widths of the small networks that stand for a large one. */
const WIDTHS = [1, 2, 3];

/**
 * Counts the weights of a network, `Network.parameterCount`, without taking the memory for them
 * where they are many. Each layer of a network whose filters are multiples of a width has weights
 * for pairs of filters, for single ones, and others: the count is a polynomial of degree 2 in the
 * width, and three small networks fix it.
 */
export function countParameters(config: NetworkConfig): number {
  if (!("width" in config)) return built(config);
  const { width } = config;
  // Lagrange's interpolation.
  const terms = WIDTHS.map((at) => {
    const others = WIDTHS.filter((other) => other !== at);
    const weight = others.reduce((product, other) => product * (width - other) / (at - other), 1);
    return weight * built({ ...config, width: at });
  });
  return Math.round(terms.reduce((sum, term) => sum + term, 0));
}

function built(config: NetworkConfig): number {
  const network = buildNetwork(config, { seed: "blank" });
  const { parameterCount } = network;
  network.dispose();
  return parameterCount;
}
