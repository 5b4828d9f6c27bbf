import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { ciede2000 } from "../../src/color/ciede2000.ts";
import type { LabPlanes } from "../../src/color/lab.ts";
import sharma from "../fixtures/ciede2000_sharma.json" with { type: "json" };

Deno.test("ciede2000() gives the published difference for all 34 pairs of Sharma et al.", () => {
  const published = sharma.pairs.map((pair) => pair[6]!);
  const differences = ciede2000(colors(sharma.pairs, 0), colors(sharma.pairs, 3));
  assertEquals(published.length, 34);
  published.forEach((expected, i) => {
    // Pair 10 lies on the jump at opposite hues: 7.1792 on one side, 7.2195 on the other.
    const atJump = i === 9 && Math.abs(differences[i]! - 7.2195) < 1e-4;
    assert(atJump || Math.abs(differences[i]! - expected) < 1e-4, `pair ${i + 1}`);
  });
});

Deno.test("ciede2000() is symmetric", () => {
  const pairs = sharma.pairs.filter((_, i) => i !== 9);
  const forth = ciede2000(colors(pairs, 0), colors(pairs, 3));
  const back = ciede2000(colors(pairs, 3), colors(pairs, 0));
  forth.forEach((difference, i) => assertAlmostEquals(difference, back[i]!, 1e-6));
});

Deno.test("ciede2000() is 0 between equal colors, gray ones among them", () => {
  const lab = colors([[0, 0, 0], [50, 0, 0], [70, 12, -40]], 0);
  assertEquals(ciede2000(lab, lab), new Float32Array(3));
});

Deno.test("ciede2000() refuses pictures of different size", () => {
  const lab = colors([[0, 0, 0], [50, 0, 0]], 0);
  assertThrows(
    () => ciede2000(lab, colors([[0, 0, 0]], 0)),
    RangeError,
    "Cannot compare colors: both pictures must have 2 pixels, got 1",
  );
});

/** Planes of the colors that start at column `from` of each row. */
function colors(rows: number[][], from: number): LabPlanes {
  return {
    lightness: Float32Array.from(rows, (row) => row[from]!),
    ab: Float32Array.from(rows.flatMap((row) => row.slice(from + 1, from + 3))),
  };
}
