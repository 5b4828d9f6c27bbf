import { assertAlmostEquals, assertEquals } from "@std/assert";
import { GAMUT_BIN_COUNT, gamutBinCenters } from "../../src/color/gamut_bins.ts";
import { SOFT_BIN_COUNT, softBinsOf } from "../../src/color/soft_bins.ts";
import { SeededRandom } from "../random.ts";

Deno.test("softBinsOf() gives the five nearest bins by a plain search, weighted by distance", () => {
  const random = new SeededRandom(1);
  const colors = Array.from(
    { length: 300 },
    () => [random.integer(-86, 98), random.integer(-107, 94)],
  );
  const { bins, weights } = softBinsOf(Float32Array.from(colors.flat()));
  for (const [i, [a, b]] of colors.entries()) {
    const squares = Array.from(
      { length: GAMUT_BIN_COUNT },
      (_, bin) => (gamutBinCenters[2 * bin]! - a!) ** 2 + (gamutBinCenters[2 * bin + 1]! - b!) ** 2,
    );
    const expected = squares.toSorted((one, other) => one - other).slice(0, 5);
    const found = bins.slice(i * SOFT_BIN_COUNT, (i + 1) * SOFT_BIN_COUNT);
    assertEquals(new Set(found).size, 5);
    assertEquals(Array.from(found, (bin) => squares[bin]!), expected, `at ${a}, ${b}`);
    const shares = expected.map((square) => Math.exp(-square / 50));
    const sum = shares.reduce((total, share) => total + share);
    shares.forEach((share, k) => assertAlmostEquals(weights[5 * i + k]!, share / sum, 1e-6));
  }
});

Deno.test("softBinsOf() rounds colors, and takes those outside sRGB for its border", () => {
  assertEquals(softBinsOf(Float32Array.of(3.4, -6.6)), softBinsOf(Float32Array.of(3, -7)));
  assertEquals(softBinsOf(Float32Array.of(500, -900)), softBinsOf(Float32Array.of(99, -108)));
});

Deno.test("softBinsOf() of a bin's center gives most weight to it, and to its neighbors alike", () => {
  const { bins, weights } = softBinsOf(Float32Array.of(10, 20));
  assertEquals([...gamutBinCenters.slice(2 * bins[0]!, 2 * bins[0]! + 2)], [10, 20]);
  // exp(0) and four times exp(-100 / 50)
  const center = 1 / (1 + 4 * Math.exp(-2));
  const expected = [center, ...Array(4).fill(center * Math.exp(-2))];
  expected.forEach((weight, k) => assertAlmostEquals(weights[k]!, weight, 1e-6));
});
