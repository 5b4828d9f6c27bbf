import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { chromaDistance } from "../../src/color/chroma_distance.ts";
import { matchChroma } from "../../src/color/match_chroma.ts";
import { SeededRandom } from "../random.ts";

/** Colors around some centers, with shares of 1, 2, 3 .. */
function clouds(count: number, centers: [number, number][], seed: number): Float32Array {
  const random = new SeededRandom(seed);
  const all = centers.flatMap((center, i) => Array.from({ length: i + 1 }, () => center));
  return Float32Array.from({ length: 2 * count }, (_, i) => {
    return all[Math.floor(i / 2) % all.length]![i % 2]! + 8 * (random.next() - 0.5);
  });
}

Deno.test("matchChroma() brings colors to the distribution of others, of another number too", () => {
  const ab = clouds(900, [[0, 0], [20, 10]], 1);
  const reference = clouds(1500, [[40, 30], [-30, -20], [0, 60]], 2);
  const before = chromaDistance(ab, reference);
  const moved = matchChroma(ab, reference, { rounds: 12 });
  assert(before > 20);
  assert(chromaDistance(moved, reference) < 0.03 * before);
});

Deno.test("matchChroma() leaves colors that have the distribution already", () => {
  const ab = clouds(600, [[10, 0], [-30, 25]], 3);
  const moved = matchChroma(ab, ab, { rounds: 4 });
  ab.forEach((value, i) => assertAlmostEquals(moved[i]!, value, 0.05));
});

Deno.test("matchChroma() keeps the order of colors on a line, and the input", () => {
  const ab = Float32Array.of(1, 0, 3, 0, 2, 0, 4, 0);
  const reference = Float32Array.of(40, 0, 10, 0, 20, 0, 30, 0);
  const moved = matchChroma(ab, reference, { rounds: 1 });
  [10, 0, 30, 0, 20, 0, 40, 0].forEach((value, i) => assertAlmostEquals(moved[i]!, value, 1e-4));
  assertEquals([...ab], [1, 0, 3, 0, 2, 0, 4, 0]);
});

Deno.test("matchChroma() takes one color on either side", () => {
  const moved = matchChroma(Float32Array.of(3, 4, 5, 6), Float32Array.of(-7, 9), { rounds: 1 });
  [-7, 9, -7, 9].forEach((value, i) => assertAlmostEquals(moved[i]!, value, 0.05));
  const single = matchChroma(Float32Array.of(1, 1), Float32Array.of(10, 0, 30, 0), { rounds: 1 });
  assertAlmostEquals(single[0]!, 20, 1e-5); // the median
});

Deno.test("matchChroma() keeps equal colors equal", () => {
  const moved = matchChroma(new Float32Array(40), clouds(60, [[30, 0], [0, 30]], 6), { rounds: 4 });
  moved.forEach((value, i) => assertEquals(value, moved[i % 2]));
});

Deno.test("matchChroma() goes on where other rounds ended", () => {
  const [ab, reference] = [clouds(50, [[0, 0], [9, 9]], 4), clouds(60, [[30, 0], [0, 30]], 5)];
  const half = matchChroma(ab, reference, { rounds: 2 });
  const whole = matchChroma(ab, reference, { rounds: 4 });
  assertEquals(matchChroma(half, reference, { rounds: 2, firstRound: 2 }), whole);
});
