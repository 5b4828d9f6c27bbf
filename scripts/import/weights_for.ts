import type { NetworkConfig } from "../../src/network/config.ts";
import type { Network } from "../../src/network/network.ts";
import type { NamedArray } from "../../src/network/safetensors.ts";
import { weightVariables } from "../../src/network/weights.ts";

const MOST_LISTED = 12;

/** What a checkpoint holds beside the weights, in our exports. */
const BESIDE = ["bins/centers"];

/**
 * The network that weights are of: for those of Zhang et al. the width is that of the first kernel,
 * and the colors of `eccv16`, which its authors do not sharpen, have temperature 1.
 */
export function networkFor(
  config: NetworkConfig,
  arrays: ReadonlyMap<string, NamedArray>,
): NetworkConfig {
  if (config.kind !== "eccv16" && config.kind !== "siggraph17") return config;
  const width = arrays.get("conv1_1/kernel")?.shape.at(-1) ?? config.width;
  return config.kind === "eccv16" ? { ...config, width, temperature: 1 } : { ...config, width };
}

/**
 * Makes sure that every weight of a network is there in its shape, and nothing else.
 * @throws {RangeError} Naming all that is missing, of another shape, or extra.
 */
export function checkFits(network: Network, arrays: ReadonlyMap<string, NamedArray>): void {
  const variables = weightVariables(network);
  const known = new Set([...variables.map(({ name }) => name), ...BESIDE]);
  const problems = [
    ...variables.flatMap(({ name, variable }) => {
      const shape = arrays.get(name)?.shape;
      if (!shape) return [`${name} is missing`];
      const fits = shape.join() === variable.shape.join();
      return fits ? [] : [`${name} must have shape [${variable.shape}], got [${shape}]`];
    }),
    ...[...arrays.keys()].filter((name) => !known.has(name)).map((name) => `${name} is extra`),
  ];
  if (problems.length === 0) return;
  throw new RangeError(`Cannot import: weights must fit the network; ${listed(problems)}`);
}

/** So many of a list that it can still be read, and how many more there are. */
export function listed(problems: readonly string[]): string {
  const [some, more] = [problems.slice(0, MOST_LISTED), problems.length - MOST_LISTED];
  return some.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/** @throws {RangeError} When a weight is too large for 16 bits, naming it. */
export function checkPrecision(arrays: ReadonlyMap<string, NamedArray>): void {
  for (const { name, values } of arrays.values()) {
    const at = values.findIndex((value) => !Number.isFinite(Math.f16round(value)));
    if (at < 0) continue;
    const advice = "use --type f32";
    throw new RangeError(
      `Cannot keep ${name} as 16-bit floats: must be below 65,520, got ${values[at]}; ${advice}`,
    );
  }
}
