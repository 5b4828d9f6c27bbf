import { gamutBinCenters } from "../../src/color/gamut_bins.ts";
import type { Eccv16Config, NetworkConfig, Siggraph17Config } from "../../src/network/config.ts";
import type { Network } from "../../src/network/network.ts";
import { countParameters } from "../../src/network/parameter_count.ts";
import type { NamedArray } from "../../src/network/safetensors.ts";
import { weightVariables } from "../../src/network/weights.ts";

const MOST_LISTED = 12;

/** What our exports of a palette hold beside its weights. */
const CENTERS = "bins/centers";

/** Tensors of a file, in our names and layouts. */
export interface ImportedTensors {
  arrays: Map<string, NamedArray>;
  /** What the file tells of them. */
  metadata: Record<string, string>;
  /** Whether their names were PyTorch's: weights of others. */
  isForeign: boolean;
}

/**
 * The network that weights are of: for those of Zhang et al. the width is that of the first kernel,
 * and the colors of an `eccv16` of its authors, who do not sharpen them, have temperature 1.
 * @throws {RangeError} When a network of that width has far more weights than there are.
 */
export function networkFor(
  config: NetworkConfig,
  { arrays, isForeign }: ImportedTensors,
): NetworkConfig {
  if (!isZhang(config)) return config;
  const width = arrays.get("conv1_1/kernel")?.shape.at(-1) ?? config.width;
  const network = config.kind === "eccv16" && isForeign
    ? { ...config, width, temperature: 1 }
    : { ...config, width };
  const [needed, held] = [countParameters(network), weightCount(arrays)];
  if (needed <= 2 * held) return network;
  throw new RangeError(
    `Cannot import: a network of width ${width} must have ${needed} weights, got ${held}`,
  );
}

/** Whether a network is one of Zhang et al. */
export function isZhang(config: NetworkConfig): config is Eccv16Config | Siggraph17Config {
  return config.kind === "eccv16" || config.kind === "siggraph17";
}

function weightCount(arrays: ReadonlyMap<string, NamedArray>): number {
  return [...arrays.values()].reduce((sum, { values }) => sum + values.length, 0);
}

/**
 * Makes sure that every weight of a network is there in its shape, and nothing else.
 * @throws {RangeError} Naming all that is missing, of another shape, or extra.
 */
export function checkFits(network: Network, arrays: ReadonlyMap<string, NamedArray>): void {
  const variables = weightVariables(network);
  const known = new Set(variables.map(({ name }) => name));
  if (network.palette) known.add(CENTERS);
  const problems = [
    ...variables.flatMap(({ name, variable }) => {
      const shape = arrays.get(name)?.shape;
      if (!shape) return [`${name} is missing`];
      const fits = shape.join() === variable.shape.join();
      return fits ? [] : [`${name} must have shape [${variable.shape}], got [${shape}]`];
    }),
    ...centersProblem(network, arrays.get(CENTERS)),
    ...[...arrays.keys()].filter((name) => !known.has(name)).map((name) =>
      `${JSON.stringify(name)} is extra`
    ),
  ];
  if (problems.length === 0) return;
  throw new RangeError(`Cannot import: weights must fit the network; ${listed(problems)}`);
}

/** The bins are not read from a file: other ones would mean other colors. */
function centersProblem({ palette }: Network, centers: NamedArray | undefined): string[] {
  if (!palette || !centers) return [];
  const isOurs = centers.values.length === gamutBinCenters.length &&
    gamutBinCenters.every((value, i) => centers.values[i] === value);
  return isOurs ? [] : [`${CENTERS} must be the bins of this program`];
}

/** So many of a list that it can still be read, and how many more there are. */
export function listed(problems: readonly string[]): string {
  const [some, more] = [problems.slice(0, MOST_LISTED), problems.length - MOST_LISTED];
  return some.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/** @throws {RangeError} When a weight is too large for 16 bits, naming it. */
export function checkPrecision(arrays: ReadonlyMap<string, NamedArray>): void {
  for (const { name, values } of arrays.values()) {
    const at = values.findIndex((value) =>
      Number.isFinite(value) && !Number.isFinite(Math.f16round(value))
    );
    if (at < 0) continue;
    const advice = "use --type f32";
    throw new RangeError(
      `Cannot keep ${name} as 16-bit floats: must be below 65,520, got ${values[at]}; ${advice}`,
    );
  }
}
