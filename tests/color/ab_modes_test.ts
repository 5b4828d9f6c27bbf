import { assertAlmostEquals, assertEquals } from "@std/assert";
import { abModes } from "../../src/color/ab_modes.ts";
import { nearestBin } from "../../src/color/ab_bins.ts";
import { binCenters } from "../../src/color/ab_bins.ts";

/** A distribution of shares at colors. */
function distributionOf(colors: [a: number, b: number, share: number][]): Float64Array {
  const shares = new Float64Array(313);
  for (const [a, b, share] of colors) shares[nearestBin(a, b)]! += share;
  return shares;
}

Deno.test("abModes() finds each heap of bins, the largest first", () => {
  const shares = distributionOf([[-30, 40, 0.2], [-40, 40, 0.1], [40, 50, 0.6], [0, -40, 0.1]]);
  const modes = abModes(shares, { centers: binCenters, count: 5 });
  assertEquals(modes.length, 3);
  assertEquals(modes[0], { a: 40, b: 50, share: 0.6 });
  assertAlmostEquals(modes[1]!.a, -100 / 3, 1e-6);
  assertAlmostEquals(modes[1]!.share, 0.3, 1e-9);
  assertAlmostEquals(modes[2]!.b, -40, 1e-9);
});

Deno.test("abModes() gives no more than asked for, and leaves noise out", () => {
  const shares = distributionOf([[0, 0, 0.7], [60, 0, 0.295], [-60, 0, 0.005]]);
  assertEquals(abModes(shares, { centers: binCenters, count: 1 }).length, 1);
  assertEquals(abModes(shares, { centers: binCenters, count: 9 }).length, 2);
});
