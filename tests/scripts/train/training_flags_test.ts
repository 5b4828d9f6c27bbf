import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { UsageError } from "../../../scripts/command/run.ts";
import { classWeightsFlag, trainingConfig } from "../../../scripts/train/training_flags.ts";
import { REPORT_TRAINING, type TrainingConfig } from "../../../src/train/config.ts";

const given = (values: Record<string, string | boolean>) => ({ values, positionals: [] });

Deno.test("trainingConfig() keeps what no flag changes", () => {
  const usual: TrainingConfig = { ...REPORT_TRAINING, schedule: "cosine", emaDecay: 0.9 };
  assertEquals(trainingConfig(given({}), usual), usual);
  assertEquals(trainingConfig(given({ epochs: "3" }), usual), { ...usual, epochs: 3 });
});

Deno.test("trainingConfig() takes every setting from its flag", () => {
  const flags = {
    epochs: "2",
    batch: "3",
    "learning-rate": "4e-3",
    schedule: "cosine",
    "warmup-steps": "5",
    "final-learning-rate": "6e-4",
    "weight-decay": "0.07",
    "clip-norm": "8",
    "ema-decay": "0.9",
    seed: "10",
    limit: "11",
    "min-colorfulness": "12",
    augment: true,
    aged: "0.4",
  };
  const expected: TrainingConfig = {
    epochs: 2,
    batch: 3,
    learningRate: 4e-3,
    schedule: "cosine",
    warmupSteps: 5,
    finalLearningRate: 6e-4,
    weightDecay: 0.07,
    clipNorm: 8,
    emaDecay: 0.9,
    seed: 10,
    limit: 11,
    augment: true,
    aged: 0.4,
    classWeights: null,
    minColorfulness: 12,
  };
  assertEquals(trainingConfig(given(flags), REPORT_TRAINING), expected);
});

Deno.test("trainingConfig() names the flag that is wrong, and settings that do not go together", () => {
  const wrong = [
    [{ schedule: "linear" }, "--schedule: must be one of constant, cosine, got linear"],
    [{ "warmup-steps": "-1" }, "--warmup-steps: must be a whole number, 0 or more, got -1"],
    [{ "weight-decay": "-1" }, "--weight-decay: must be a number 0 or more, got -1"],
    [{ "clip-norm": "0" }, "--clip-norm: must be a number above 0, got 0"],
    [{ "ema-decay": "1" }, "--ema-decay: must be a number above 0 and below 1, got 1"],
    [{ aged: "0.4" }, "--aged where nothing is augmented: it needs --augment"],
    [{ aged: "1.5", augment: true }, "aged must be a number from 0 to 1, got 1.5"],
    [{ "final-learning-rate": "1" }, "finalLearningRate must be from 0 to 0.001, got 1"],
  ] as const;
  for (const [flags, problem] of wrong) {
    assertThrows(() => trainingConfig(given(flags), REPORT_TRAINING), UsageError, problem);
  }
});

Deno.test("classWeightsFlag() reads a file, and names it when it cannot", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  const read = () => classWeightsFlag(given({ "class-weights": path }));
  try {
    await Deno.writeTextFile(path, '{ "portraits": 2, "*": 0.5 }');
    assertEquals(await read(), { portraits: 2, "*": 0.5 });
    for (const text of ["{", '{ "portraits": "2" }', "[]"]) {
      await Deno.writeTextFile(path, text);
      await assertRejects(read, Error, `Cannot use --class-weights ${path}`);
    }
  } finally {
    await Deno.remove(path);
  }
  await assertRejects(read, Error, `Cannot use --class-weights ${path}`);
  assertEquals(await classWeightsFlag(given({})), undefined);
});
