import { assertAlmostEquals, assertEquals } from "@std/assert";
import { auc } from "../../src/eval/auc.ts";

Deno.test("auc() is the mean over thresholds 0..150 of the share of pixels within them", () => {
  const predictedAb = new Float32Array([0, 0, 3, 4, -0.2, 0, 90, -120, 200, 0, 0, 7.5]);
  const errors = [0, 5, 0.2, 150, 200, 7.5];
  let area = 0;
  for (let t = 0; t <= 150; t++) area += errors.filter((error) => error <= t).length / 6;
  assertAlmostEquals(auc(new Float32Array(12), predictedAb), area / 151, 1e-6);
});

Deno.test("auc() is 1 for an exact match, and 0 beyond every threshold", () => {
  const trueAb = new Float32Array([12.5, -40, 0, 0]);
  assertEquals(auc(trueAb, trueAb), 1);
  assertEquals(auc(trueAb, new Float32Array([-150, 40, 0, 151])), 0);
});
