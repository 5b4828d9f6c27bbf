import { assertAlmostEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import { spreadGeodesic } from "../../src/hint/geodesic.ts";
import { spreadOptimized } from "../../src/hint/optimization.ts";
import { SeededRandom } from "../random.ts";
import { blobPicture, flatRegions, meanDifference } from "./pictures.ts";

/** The weights of Levin et al. as a dense matrix, each from its definition. */
function denseRows(lightness: Float32Array, widthPx: number): number[][] {
  const count = lightness.length;
  const isNear = (r: number, s: number) =>
    Math.abs(r % widthPx - s % widthPx) < 2 &&
    Math.abs(Math.floor(r / widthPx) - Math.floor(s / widthPx)) < 2;
  return Array.from({ length: count }, (_, r) => {
    const window = [...lightness.keys()].filter((s) => isNear(r, s));
    const y = (s: number) => lightness[s]! / 100;
    const mean = window.reduce((sum, s) => sum + y(s), 0) / window.length;
    const variance = window.reduce((sum, s) => sum + (y(s) - mean) ** 2, 0) / window.length;
    const others = window.filter((s) => s !== r);
    const least = Math.min(...others.map((s) => (y(r) - y(s)) ** 2));
    const sigma = Math.max(0.6 * variance, -least / Math.log(0.01), 2e-6);
    const weights = others.map((s) => Math.exp(-((y(r) - y(s)) ** 2) / sigma));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const row = Array<number>(count).fill(0);
    row[r] = 1;
    others.forEach((s, i) => row[s] = -weights[i]! / total);
    return row;
  });
}

/** Least squares with given values by Gaussian elimination with pivoting. */
function denseSolve(rows: number[][], given: Map<number, number>): number[] {
  const free = rows.map((_, i) => i).filter((i) => !given.has(i));
  const known = rows.map((row) => [...given].reduce((sum, [i, value]) => sum + row[i]! * value, 0));
  const system = free.map((p) => [
    ...free.map((q) => rows.reduce((sum, row) => sum + row[p]! * row[q]!, 0)),
    -rows.reduce((sum, row, r) => sum + row[p]! * known[r]!, 0),
  ]);
  for (let column = 0; column < free.length; column++) {
    const below = system.slice(column);
    const pivot = below.reduce((best, row) =>
      Math.abs(row[column]!) > Math.abs(best[column]!) ? row : best
    );
    const at = system.indexOf(pivot);
    [system[column], system[at]] = [pivot, system[column]!];
    for (const row of system) {
      if (row === pivot) continue;
      const factor = row[column]! / pivot[column]!;
      for (let i = column; i <= free.length; i++) row[i]! -= factor * pivot[i]!;
    }
  }
  const solution = rows.map((_, i) => given.get(i) ?? 0);
  free.forEach((p, i) => solution[p] = system[i]!.at(-1)! / system[i]![i]!);
  return solution;
}

Deno.test("spreadOptimized() finds what a dense direct solution finds", () => {
  const random = new SeededRandom(8);
  for (const [widthPx, heightPx] of [[9, 7], [6, 11], [1, 12], [13, 1]] as const) {
    const count = widthPx * heightPx;
    const lightness = Float32Array.from({ length: count }, () => 100 * random.next());
    const pixels = Uint32Array.of(0, count >> 1, count - 1);
    const ab = Float32Array.of(60, -20, -40, 30, 10, 70);
    const spread = spreadOptimized(lightness, { widthPx, heightPx, seeds: { pixels, ab } });
    const rows = denseRows(lightness, widthPx);
    for (const offset of [0, 1]) {
      const given = [0, 1, 2].map((i) => ab[2 * i + offset]!);
      const expected = denseSolve(rows, new Map(given.map((value, i) => [pixels[i]!, value])));
      const [least, most] = [Math.min(...given), Math.max(...given)];
      expected.forEach((value, at) => {
        assertAlmostEquals(spread[2 * at + offset]!, Math.min(most, Math.max(least, value)), 1e-3);
      });
    }
  }
});

Deno.test("spreadOptimized() colors stripes of flat regions within half a unit of their points", () => {
  const { lightness, region, ...size } = flatRegions({ widthPx: 36, heightPx: 24 }, 3);
  const colors = [[60, 40], [-50, 40], [10, -60]] as const;
  const pixels = Uint32Array.of(5 * 36 + 4, 12 * 36 + 17, 20 * 36 + 31);
  const spread = spreadOptimized(lightness, {
    ...size,
    seeds: { pixels, ab: Float32Array.from(colors.flat()) },
  });
  region.forEach((number, at) => {
    const [a, b] = colors[number]!;
    assertLess(Math.hypot(spread[2 * at]! - a, spread[2 * at + 1]! - b), 0.5);
  });
});

Deno.test("spreadOptimized() gives one point's color to everything", () => {
  const lightness = new SeededRandom(4).values(300).map((value) => 50 + 30 * value);
  const seeds = { pixels: Uint32Array.of(77), ab: Float32Array.of(12, -34) };
  const spread = spreadOptimized(lightness, { widthPx: 20, heightPx: 15, seeds });
  spread.forEach((value, i) => assertAlmostEquals(value, i % 2 === 0 ? 12 : -34, 1e-3));
});

Deno.test("spreadGeodesic() and spreadOptimized() agree on small pictures, and with the truth", () => {
  const size = { widthPx: 48, heightPx: 36 };
  const mean = { between: 0, geodesic: 0, optimized: 0, gray: 0 };
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const { lightness, ab } = blobPicture(size, seed);
    const random = new SeededRandom(100 + seed);
    const pixels = Uint32Array.from({ length: 20 }, () => random.integer(0, 48 * 36 - 1));
    const seedAb = Float32Array.from({ length: 40 }, (_, i) => ab[2 * pixels[i >> 1]! + i % 2]!);
    const options = { ...size, seeds: { pixels, ab: seedAb } };
    const geodesic = spreadGeodesic(lightness, options);
    const optimized = spreadOptimized(lightness, options);
    mean.between += meanDifference(geodesic, optimized) / 6;
    mean.geodesic += meanDifference(geodesic, ab) / 6;
    mean.optimized += meanDifference(optimized, ab) / 6;
    mean.gray += meanDifference(new Float32Array(ab.length), ab) / 6;
  }
  // Measured 4.8, 3.9 and 4.8, where gray is 19.2 away.
  assertLess(mean.between, 5.5);
  assertLess(mean.geodesic, 4.5);
  assertLess(mean.optimized, 5.5);
  assertGreater(mean.gray, 15);
});

Deno.test("spreadOptimized() refuses what geodesic spreading refuses", () => {
  const none = { pixels: new Uint32Array(0), ab: new Float32Array(0) };
  assertThrows(
    () => spreadOptimized(new Float32Array(4), { widthPx: 2, heightPx: 2, seeds: none }),
    RangeError,
    "Cannot spread colors: there must be a color point or a stroke, got none",
  );
});
