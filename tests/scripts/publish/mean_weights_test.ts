import { assertEquals, assertThrows } from "@std/assert";
import { meanWeights } from "../../../scripts/publish/mean_weights.ts";

function setOf(arrays: Record<string, number[]>, columns = 2) {
  return new Map(
    Object.entries(arrays).map(([name, values]) => {
      const shape = [values.length / columns, columns];
      return [name, { name, shape, values: Float32Array.from(values) }];
    }),
  );
}

Deno.test("meanWeights() is the mean of each value, and leaves its input", () => {
  const sets = [
    setOf({ kernel: [1, 2, 3, 4], bias: [0, 8] }),
    setOf({ bias: [3, 1], kernel: [5, 2, -3, 0] }),
    setOf({ kernel: [0, -1, 3, 2], bias: [0, 0], more: [1, 1] }),
  ];
  const means = meanWeights(sets);
  assertEquals(means, setOf({ kernel: [2, 1, 1, 2], bias: [1, 3] }));
  assertEquals([...sets[0]!.get("kernel")!.values], [1, 2, 3, 4]);
});

Deno.test("meanWeights() of one run are its own weights to the bit", () => {
  const own = setOf({ kernel: [0.1, 1e-30, -3.3333333, 4e7] });
  assertEquals(meanWeights([own]), own);
});

Deno.test("meanWeights() refuses runs that lack an array, or have another shape", () => {
  const own = setOf({ kernel: [1, 2] });
  assertThrows(
    () => meanWeights([own, setOf({ bias: [1, 2] })]),
    Error,
    "Cannot average kernel: must have shape [1,2] in each run, got none",
  );
  assertThrows(
    () => meanWeights([own, setOf({ kernel: [1, 2] }, 1)]),
    Error,
    "must have shape [1,2] in each run, got [2,1]",
  );
});
