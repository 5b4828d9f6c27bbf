import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { BIN_COUNT, nearestBin } from "../../src/color/ab_bins.ts";
import { countAbBins, smoothAbPrior, TRAINING_AB_COUNTS } from "../../src/color/ab_prior.ts";

Deno.test("countAbBins() counts each pixel once, in its nearest bin", () => {
  const counts = new Float64Array(BIN_COUNT);
  countAbBins(new Float32Array([1, 2, -3, 4, 52, 68]), counts);
  countAbBins(new Float32Array([0, 0]), counts);
  assertEquals(counts[nearestBin(0, 0)], 3);
  assertEquals(counts[nearestBin(50, 70)], 1);
  assertEquals(counts.reduce((sum, count) => sum + count), 4);
});

Deno.test("smoothAbPrior() spreads one bin as a Gaussian of sigma 5", () => {
  const prior = smoothAbPrior(countsOf({ at: nearestBin(0, 0) }));
  const peak = prior[nearestBin(0, 0)]!;
  assertAlmostEquals(prior[nearestBin(10, 0)]! / peak, Math.exp(-2), 1e-12);
  assertAlmostEquals(prior[nearestBin(-10, 10)]! / peak, Math.exp(-4), 1e-12);
  assertAlmostEquals(prior[nearestBin(0, 20)]! / peak, Math.exp(-8), 1e-12);
});

Deno.test("smoothAbPrior() loses nothing at the border of the table", () => {
  const prior = smoothAbPrior(countsOf({ at: 0 }));
  assertAlmostEquals(prior.reduce((sum, share) => sum + share), 1, 1e-12);
});

Deno.test("smoothAbPrior() refuses a count per something else than bins, and no pixels", () => {
  assertThrows(() => smoothAbPrior([1, 2]), RangeError, "got 2 with sum 3");
  assertThrows(() => smoothAbPrior(new Float64Array(BIN_COUNT)), RangeError, "got 313 with sum 0");
});

Deno.test("TRAINING_AB_COUNTS holds every pixel of 100,000 images, most of them grayish", () => {
  assertEquals(TRAINING_AB_COUNTS.length, BIN_COUNT);
  assertEquals(TRAINING_AB_COUNTS.reduce((sum, count) => sum + count), 100_000 * 64 * 64);
  assertEquals(TRAINING_AB_COUNTS.indexOf(Math.max(...TRAINING_AB_COUNTS)), nearestBin(0, 0));
});

function countsOf({ at }: { at: number }): Float64Array {
  const counts = new Float64Array(BIN_COUNT);
  counts[at] = 7;
  return counts;
}
