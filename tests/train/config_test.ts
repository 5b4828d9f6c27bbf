import { assertEquals, assertThrows } from "@std/assert";
import { parseTrainingConfig, REPORT_TRAINING } from "../../src/train/config.ts";

Deno.test("parseTrainingConfig() takes the report's settings for those left out", () => {
  assertEquals(parseTrainingConfig({}), REPORT_TRAINING);
  assertEquals(parseTrainingConfig({ epochs: 30, other: 1 }), { ...REPORT_TRAINING, epochs: 30 });
});

Deno.test("parseTrainingConfig() names the setting that is wrong", () => {
  const wrong = [
    [{ epochs: 0 }, "epochs must be a whole number, 1 or more, got 0"],
    [{ batch: "64" }, 'batch must be a whole number, 1 or more, got "64"'],
    [{ learningRate: -1 }, "learningRate must be a number above 0, got -1"],
    [{ seed: 0.5 }, "seed must be a whole number, 0 or more, got 0.5"],
    [{ augment: 1 }, "augment must be true or false, got 1"],
    [{ limit: 0 }, "limit must be null or a whole number above 0, got 0"],
  ] as const;
  for (const [settings, problem] of wrong) {
    assertThrows(() => parseTrainingConfig(settings), TypeError, problem);
  }
});
