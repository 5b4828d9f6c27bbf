import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { learningRateAt, type ScheduleOptions } from "../../src/train/schedule.ts";

const COSINE: ScheduleOptions = {
  schedule: "cosine",
  learningRate: 0.8,
  warmupSteps: 4,
  finalLearningRate: 0.2,
  totalSteps: 12,
};

Deno.test("learningRateAt() is the report's throughout by its settings", () => {
  const report = { ...COSINE, schedule: "constant", warmupSteps: 0 } as const;
  for (const step of [0, 1, 11, 1000]) assertEquals(learningRateAt(step, report), 0.8);
});

Deno.test("learningRateAt() rises over the warm-up, then falls along a cosine to the final rate", () => {
  const rates = Array.from({ length: 13 }, (_, step) => learningRateAt(step, COSINE));
  const expected = [0.2, 0.4, 0.6, 0.8, 0.8, 0.777164, 0.712132, 0.614805, 0.5, 0.385195, 0.287868];
  expected.forEach((rate, step) => assertAlmostEquals(rates[step]!, rate, 1e-6));
  assertAlmostEquals(rates[11]!, 0.222836, 1e-6);
  // A step behind the last one, as a checkpoint may stand there.
  assertEquals([rates[12], learningRateAt(99, COSINE)], [0.2, 0.2]);
});

Deno.test("learningRateAt() warms up before a constant rate, and for longer than there are steps", () => {
  const constant = { ...COSINE, schedule: "constant" } as const;
  assertEquals([0, 3, 4, 11].map((step) => learningRateAt(step, constant)), [0.2, 0.8, 0.8, 0.8]);
  const long = { ...COSINE, warmupSteps: 20 };
  const rates = Array.from({ length: 12 }, (_, step) => learningRateAt(step, long));
  assert(rates.every((rate, step) => step === 0 || rate > rates[step - 1]!));
  assertAlmostEquals(rates[11]!, 0.8 * 12 / 20);
});
