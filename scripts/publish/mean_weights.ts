/**
 * The mean of the weights of several runs that began with one another: what each of them learned by
 * chance is averaged away.
 * @see Wortsman et al. 2022, "Model soups".
 */
import type { NamedArray } from "../../src/network/safetensors.ts";

/**
 * Averages arrays of the same names.
 * @param sets One or more; each has at least the arrays of the first one.
 * @returns The arrays of the first one, with the mean of all values.
 * @throws {Error} When an array is missing or has another shape.
 */
export function meanWeights(
  sets: readonly Map<string, NamedArray>[],
): Map<string, NamedArray> {
  const means = [...sets[0]!].map(([name, { shape, values }]) => {
    const sum = new Float64Array(values.length);
    for (const set of sets) {
      const other = set.get(name);
      if (!other || `${other.shape}` !== `${shape}`) {
        throw new Error(
          `Cannot average ${name}: must have shape [${shape}] in each run, got ` +
            (other ? `[${other.shape}]` : "none"),
        );
      }
      for (let i = 0; i < sum.length; i++) sum[i]! += other.values[i]!;
    }
    const mean = Float32Array.from(sum, (total) => total / sets.length);
    return [name, { name, shape, values: mean }] as const;
  });
  return new Map(means);
}
