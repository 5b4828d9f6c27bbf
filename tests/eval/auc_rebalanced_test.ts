import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { BIN_COUNT, nearestBin } from "../../src/color/ab_bins.ts";
import { smoothAbPrior } from "../../src/color/ab_prior.ts";
import { addRebalanced, pixelWeights, rebalancingWeights } from "../../src/eval/auc_rebalanced.ts";

const GRAY = nearestBin(0, 0), RED = nearestBin(60, 50), UNSEEN = nearestBin(-90, 90);

Deno.test("rebalancingWeights() are 1 / p~ where pixels were counted", () => {
  const counts = countsOf({ [GRAY]: 900, [RED]: 100 });
  const weights = rebalancingWeights(counts);
  const prior = smoothAbPrior(counts);
  assertAlmostEquals(weights[GRAY]!, 1 / prior[GRAY]!, 1e-9);
  assertAlmostEquals(weights[RED]! / weights[GRAY]!, 9, 0.1);
});

Deno.test("rebalancingWeights() gives bins never counted the heaviest weight of those counted", () => {
  const weights = rebalancingWeights(countsOf({ [GRAY]: 900, [RED]: 100 }));
  assertEquals(weights[UNSEEN], weights[RED]);
  assert(weights.every((weight) => Number.isFinite(weight) && weight > 0));
});

Deno.test("pixelWeights() weighs by the bin of the true color", () => {
  const weights = pixelWeights(
    new Float32Array([1, -2, 61, 52]),
    Float64Array.from({ length: BIN_COUNT }, (_, bin) => bin),
  );
  assertEquals([...weights], [GRAY, RED]);
});

Deno.test("addRebalanced() pools weighted shares over pictures", () => {
  const sums = { reached: 0, weight: 0 };
  // Errors of 0 and 75 reach all and half of the thresholds: 76 of 151.
  const trueAb = new Float32Array([0, 0, 75, 0]);
  addRebalanced(sums, new Float64Array([1, 3]), { trueAb, predictedAb: new Float32Array(4) });
  addRebalanced(sums, new Float64Array([6]), {
    trueAb: new Float32Array([200, 0]),
    predictedAb: new Float32Array(2),
  });
  assertAlmostEquals(sums.reached, 1 + 3 * 76 / 151, 1e-12);
  assertEquals(sums.weight, 10);
});

function countsOf(pixels: Record<number, number>): Float64Array {
  const counts = new Float64Array(BIN_COUNT);
  for (const [bin, count] of Object.entries(pixels)) counts[Number(bin)] = count;
  return counts;
}
