import { assert, assertAlmostEquals } from "@std/assert";
import { matchColors } from "../../src/hint/match_colors.ts";

function assertColors(ab: Float32Array, expected: number[]): void {
  expected.forEach((value, i) => assertAlmostEquals(ab[i]!, value, 0.01, `value ${i}`));
}

Deno.test("matchColors() gives a place the color of the one that it resembles", () => {
  const costs = Float32Array.of(1, 0, 1, 0, 1, 1, 1, 1, 0);
  const { ab, confidence } = matchColors(costs, Float32Array.of(10, 0, 0, 20, -30, 5));
  assertColors(ab, [0, 20, 10, 0, -30, 5]);
  assert(confidence.every((value) => value > 0.99));
});

Deno.test("matchColors() weighs what is alike by e for each 0.05 of the costs", () => {
  const { ab } = matchColors(Float32Array.of(3, 3.05), Float32Array.of(40, 0, 20, 0));
  const share = 1 / (1 + Math.exp(-1));
  assertColors(ab, [40 * share + 20 * (1 - share), 0]);
});

Deno.test("matchColors() is as unsure as the colors of what a place resembles differ", () => {
  const alike = new Float32Array(2);
  const [same, near, far] = [[20, 20], [22, 18], [30, -30]].map(([one, other]) =>
    matchColors(alike, Float32Array.of(one!, 0, other!, 0))
  );
  assertAlmostEquals(same!.confidence[0]!, 1, 1e-6);
  assertAlmostEquals(near!.confidence[0]!, Math.exp(-2 / 30), 1e-6);
  assertAlmostEquals(far!.confidence[0]!, Math.exp(-1), 1e-6);
});

Deno.test("matchColors() gives the mean the chroma that it has lost, within limits", () => {
  const alike = new Float32Array(2);
  // Mean (20, 20) with chroma 28.3 of colors with chroma 40, a factor of 1.41.
  assertColors(matchColors(alike, Float32Array.of(40, 0, 0, 40)).ab, [28.28, 28.28]);
  // Mean (10, 0) of colors with chroma 30: three times, but 1.5 is the most.
  assertColors(matchColors(alike, Float32Array.of(40, 0, -20, 0)).ab, [15, 0]);
  assertColors(matchColors(alike, new Float32Array(4)).ab, [0, 0]);
});

Deno.test("matchColors() stands costs of any size", () => {
  const costs = Float32Array.of(0, 1e6, 1e6, 0, 1e6, 2e6);
  const { ab, confidence } = matchColors(costs, Float32Array.of(10, 0, 0, 20));
  assertColors(ab, [10, 0, 0, 20, 10, 0]);
  assert(confidence.every(Number.isFinite));
});
