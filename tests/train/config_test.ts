import { assertEquals, assertThrows } from "@std/assert";
import { parseTrainingConfig, REPORT_TRAINING } from "../../src/train/config.ts";

Deno.test("parseTrainingConfig() takes the report's settings for those left out", () => {
  assertEquals(parseTrainingConfig({}), REPORT_TRAINING);
  assertEquals(parseTrainingConfig({ epochs: 30 }), { ...REPORT_TRAINING, epochs: 30 });
});

Deno.test("parseTrainingConfig() takes weights of classes", () => {
  const classWeights = { portraits: 2, "*": 0.5 };
  assertEquals(parseTrainingConfig({ classWeights }), { ...REPORT_TRAINING, classWeights });
});

Deno.test("parseTrainingConfig() names the setting that is wrong", () => {
  const wrong = [
    [{ epochs: 0 }, "epochs must be a whole number, 1 or more, got 0"],
    [{ batch: "64" }, 'batch must be a whole number, 1 or more, got "64"'],
    [{ learningRate: -1 }, "learningRate must be a number above 0, got -1"],
    [{ schedule: "linear" }, 'schedule must be constant or cosine, got "linear"'],
    [{ warmupSteps: -1 }, "warmupSteps must be a whole number, 0 or more, got -1"],
    [{ finalLearningRate: 0.1 }, "finalLearningRate must be from 0 to 0.001, got 0.1"],
    [{ finalLearningRate: "0" }, 'finalLearningRate must be from 0 to 0.001, got "0"'],
    [{ weightDecay: -0.1 }, "weightDecay must be a number, 0 or more, got -0.1"],
    [{ clipNorm: 0 }, "clipNorm must be null or a number above 0, got 0"],
    [{ emaDecay: 1 }, "emaDecay must be null or a number above 0 and below 1, got 1"],
    [{ emaDecay: "0.9" }, 'emaDecay must be null or a number above 0 and below 1, got "0.9"'],
    [{ seed: 0.5 }, "seed must be a whole number, 0 or more, got 0.5"],
    [{ augment: 1 }, "augment must be true or false, got 1"],
    [{ aged: 2 }, "aged must be a number from 0 to 1, got 2"],
    [{ limit: 0 }, "limit must be null or a whole number above 0, got 0"],
    [{ minColorfulness: -1 }, "minColorfulness must be a number from 0 to 255, got -1"],
    [{ classWeights: [] }, "must be an object of classes and numbers, got []"],
    [
      { epochs: 2, learningrate: 0.1 },
      'augment, aged, limit, classWeights, minColorfulness, got "learningrate"',
    ],
  ] as const;
  for (const [settings, problem] of wrong) {
    assertThrows(() => parseTrainingConfig(settings), TypeError, problem);
  }
});
