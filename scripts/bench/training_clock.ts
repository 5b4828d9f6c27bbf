import type { RunPosition } from "../../src/train/checkpoint.ts";

/** What a clock reads of a run. */
export type ClockPosition = Pick<RunPosition, "step" | "trainedSeconds" | "epochDataWaitSeconds">;

/** How far a run has come since the clock was started, by what the run itself keeps. */
export class TrainingClock {
  steps = 0;
  /** Time in steps; pauses between them do not count. */
  seconds = 0;
  dataWaitSeconds = 0;
  #last: ClockPosition;

  /** @param before Read after the last step that does not count; none at the start of a run. */
  constructor(before?: TrainingClock) {
    this.#last = before ? before.#last : { step: 0, trainedSeconds: 0, epochDataWaitSeconds: 0 };
  }

  /** Adds what has happened since the last reading. */
  read({ step, trainedSeconds, epochDataWaitSeconds }: ClockPosition): void {
    const last = this.#last;
    this.steps += step - last.step;
    this.seconds += trainedSeconds - last.trainedSeconds;
    // The wait counts from the start of the epoch, and runs are read at the end of each.
    const began = epochDataWaitSeconds < last.epochDataWaitSeconds ? 0 : last.epochDataWaitSeconds;
    this.dataWaitSeconds += epochDataWaitSeconds - began;
    this.#last = { step, trainedSeconds, epochDataWaitSeconds };
  }
}
