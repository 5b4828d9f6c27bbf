import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { BIN_COUNT, binCenters, nearestBin } from "../../src/color/ab_bins.ts";
import { rgbToLab } from "../../src/color/lab.ts";

Deno.test("binCenters holds the 313 classes of ECCV16, sorted by a, then b", () => {
  assertEquals(BIN_COUNT, 313);
  assertEquals(center(0), [-90, 50]);
  assertEquals(center(4), [-90, 90]);
  assertEquals(center(5), [-80, 20]);
  assertEquals(center(312), [100, 0]);
  for (let bin = 1; bin < BIN_COUNT; bin++) {
    const [a, b] = center(bin);
    const [previousA, previousB] = center(bin - 1);
    assert(a > previousA || (a === previousA && b === previousB + 10), `bin ${bin}`);
  }
});

Deno.test("nearestBin() maps each center to its own bin", () => {
  for (let bin = 0; bin < BIN_COUNT; bin++) assertEquals(nearestBin(...center(bin)), bin);
});

Deno.test("nearestBin() finds no bin farther than a search through all, inside the table or out", () => {
  for (let a = -119.3; a < 120; a += 3.1) {
    for (let b = -129.7; b < 130; b += 3.3) {
      let best = Infinity;
      for (let bin = 0; bin < BIN_COUNT; bin++) best = Math.min(best, distance(bin, a, b));
      assertAlmostEquals(distance(nearestBin(a, b), a, b), best, 1e-9, `at ${a}, ${b}`);
    }
  }
});

Deno.test("nearestBin() reaches 261 bins by real sRGB colors, 64 levels a channel", () => {
  const pixels = new Uint8Array(3 * 64 ** 3);
  for (let i = 0; i < 64 ** 3; i++) {
    pixels.set(
      [i >> 12, (i >> 6) & 63, i & 63].map((level) => Math.round(level * 255 / 63)),
      3 * i,
    );
  }
  const { ab } = rgbToLab(pixels, 3);
  const reached = new Set<number>();
  for (let i = 0; i < ab.length; i += 2) reached.add(nearestBin(ab[i]!, ab[i + 1]!));
  assertEquals(reached.size, 261);
});

function center(bin: number): [a: number, b: number] {
  return [binCenters[2 * bin]!, binCenters[2 * bin + 1]!];
}

function distance(bin: number, a: number, b: number): number {
  const [centerA, centerB] = center(bin);
  return Math.hypot(centerA - a, centerB - b);
}
