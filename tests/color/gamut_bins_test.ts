import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { binCenters, nearestBin } from "../../src/color/ab_bins.ts";
import {
  GAMUT_BIN_COUNT,
  gamutBinCenters,
  gamutBins,
  trainingGamutPrior,
} from "../../src/color/gamut_bins.ts";
import { rgbToLab } from "../../src/color/lab.ts";

Deno.test("gamutBins are the bins that sRGB colors reach, 64 levels a channel", () => {
  const reached = new Set<number>();
  const levels = Array.from({ length: 64 }, (_, i) => Math.round(i * 255 / 63));
  for (const red of levels) {
    const pixels = levels.flatMap((green) => levels.flatMap((blue) => [red, green, blue]));
    const { ab } = rgbToLab(Uint8Array.from(pixels), 3);
    for (let i = 0; i < ab.length; i += 2) reached.add(nearestBin(ab[i]!, ab[i + 1]!));
  }
  assertEquals([...gamutBins], [...reached].sort((one, other) => one - other));
});

Deno.test("gamutBinCenters are those of the 313 bins", () => {
  assertEquals(GAMUT_BIN_COUNT, 261);
  for (const [i, bin] of gamutBins.entries()) {
    assertEquals(
      [...gamutBinCenters.slice(2 * i, 2 * i + 2)],
      [...binCenters.slice(2 * bin, 2 * bin + 2)],
    );
  }
});

Deno.test("trainingGamutPrior() is a distribution with all bins in it, gray the most frequent", () => {
  const prior = trainingGamutPrior();
  assertEquals(prior.length, 261);
  assertAlmostEquals(prior.reduce((sum, share) => sum + share), 1, 1e-12);
  assert(Math.min(...prior) > 0);
  const highest = prior.indexOf(Math.max(...prior));
  assertEquals([...gamutBinCenters.slice(2 * highest, 2 * highest + 2)], [0, 0]);
});
