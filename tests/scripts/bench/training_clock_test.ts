import { assertAlmostEquals, assertEquals } from "@std/assert";
import { TrainingClock } from "../../../scripts/bench/training_clock.ts";

Deno.test("TrainingClock adds up what a run keeps, from one clock to the next", () => {
  const first = new TrainingClock();
  first.read({ step: 2, trainedSeconds: 1, epochDataWaitSeconds: 0.25 });
  first.read({ step: 4, trainedSeconds: 2, epochDataWaitSeconds: 0.5 });
  assertEquals([first.steps, first.seconds, first.dataWaitSeconds], [4, 2, 0.5]);
  const second = new TrainingClock(first);
  assertEquals([second.steps, second.seconds, second.dataWaitSeconds], [0, 0, 0]);
  second.read({ step: 6, trainedSeconds: 3.5, epochDataWaitSeconds: 0.75 });
  assertEquals([second.steps, second.seconds, second.dataWaitSeconds], [2, 1.5, 0.25]);
});

Deno.test("TrainingClock goes on when an epoch's waiting starts again from zero", () => {
  const clock = new TrainingClock();
  clock.read({ step: 2, trainedSeconds: 1, epochDataWaitSeconds: 0.5 });
  clock.read({ step: 3, trainedSeconds: 2, epochDataWaitSeconds: 0.125 });
  assertAlmostEquals(clock.dataWaitSeconds, 0.625);
});
