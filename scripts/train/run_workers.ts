/** Starts the training workers of a run and shows how they get on. */
import type { EpochRecord } from "../../src/train/history.ts";
import { breakShareGroup, createShareGroupMemory } from "../../src/train/share_group.ts";
import type { WorkerJob, WorkerMessage } from "../../src/train/worker_messages.ts";
import { endWorkers } from "../command/end_workers.ts";
import { type Progress, startProgress } from "../command/progress.ts";
import { writeRunHistory } from "./run_folder.ts";

/** Beside the gradients of all weights travel the loss and the wish to stop. */
const EXTRA_VALUES = 2;

/** A run as the command sees it. */
export interface WorkersOptions {
  job: Omit<WorkerJob, "rank" | "group" | "stop">;
  workers: number;
  parameterCount: number;
  /** Epochs that were finished before; none unless the job resumes. */
  history?: EpochRecord[];
}

/**
 * Trains until the epochs are over or the user interrupts.
 * @returns Whether all epochs are done, and the finished ones, those of earlier sittings included.
 * @throws {Error} When a worker fails, with its message.
 */
export async function runWorkers(
  { job, workers, parameterCount, history = [] }: WorkersOptions,
): Promise<{ finished: boolean; history: EpochRecord[] }> {
  const capacity = parameterCount + EXTRA_VALUES;
  const group = workers > 1 ? createShareGroupMemory({ members: workers, capacity }) : undefined;
  const stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const display = new Display(job.config.epochs);
  const files = new HistoryFiles(job);
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const onMessage = (message: WorkerMessage, rank: number) => {
    if (message.type === "failed") reject(new Error(message.message));
    if (message.type === "step") display.step(message);
    if (message.type === "epoch") {
      history = message.history;
      display.epoch(history.at(-1)!);
      files.write(history).catch(reject);
    }
    if (message.type === "done" && rank === 0) {
      files.written.then(() => resolve(message.finished), reject);
    }
  };
  const releaseSignals = onInterrupt(() => {
    Atomics.store(new Int32Array(stop), 0, 1);
    display.log("stopping after this step; press Ctrl-C again to stop at once");
  });
  const pool = Array.from(
    { length: workers },
    (_, rank) => startWorker({ ...job, rank, group, stop }, { onMessage, onError: reject }),
  );
  try {
    return { finished: await promise, history };
  } finally {
    releaseSignals();
    display.stop();
    await endWorkers(pool, job);
  }
}

/** Starts a worker on its share of the job; when it fails, those that wait for it are let go. */
function startWorker(
  job: WorkerJob,
  { onMessage, onError }: {
    onMessage: (message: WorkerMessage, rank: number) => void;
    onError: (error: Error) => void;
  },
): Worker {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.onerror = (event) => {
    event.preventDefault();
    if (job.group) breakShareGroup(job.group);
    onError(new Error(`Cannot go on training: worker ${job.rank} failed: ${event.message}`));
  };
  worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => onMessage(data, job.rank);
  worker.postMessage(job);
  return worker;
}

/** Calls back at the first Ctrl-C or SIGTERM; the second ends the process at once. */
function onInterrupt(callback: () => void): () => void {
  let interrupted = false;
  const handler = () => {
    if (interrupted) Deno.exit(130);
    interrupted = true;
    callback();
  };
  const signals: Deno.Signal[] = ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, handler);
  return () => signals.forEach((signal) => Deno.removeSignalListener(signal, handler));
}

/** Writes histories one after the other: short epochs end faster than a chart is drawn. */
class HistoryFiles {
  readonly #job: WorkersOptions["job"];
  /** Resolves when all is written. */
  written = Promise.resolve();

  constructor(job: WorkersOptions["job"]) {
    this.#job = job;
  }

  write(history: EpochRecord[]): Promise<void> {
    const { runDir, name } = this.#job;
    this.written = this.written.then(() => writeRunHistory(runDir, { name, history }));
    return this.written;
  }
}

/** A progress bar for each epoch, and a line when it is over. */
class Display {
  readonly #epochs: number;
  #bar: Progress | undefined;
  #epoch = 0;

  constructor(epochs: number) {
    this.#epochs = epochs;
  }

  step(message: Extract<WorkerMessage, { type: "step" }>): void {
    if (message.epoch !== this.#epoch) {
      this.stop();
      this.#epoch = message.epoch;
      const { epochImages: total, imagesDone: start } = message;
      const label = `epoch ${message.epoch}/${this.#epochs}`;
      this.#bar = startProgress(label, { total, unit: "images", start });
    }
    this.#bar!.update(message.imagesDone, `loss ${message.loss.toFixed(5)}`);
    if (message.imagesDone === message.epochImages) {
      this.stop();
      console.error("validating");
    }
  }

  epoch(record: EpochRecord): void {
    const { epoch, loss, validationLoss, validationPsnr, imagesPerSecond, dataWaitShare } = record;
    this.stop();
    console.error(
      `epoch ${epoch}/${this.#epochs}: loss ${loss.toFixed(5)}, ` +
        `validation loss ${validationLoss.toFixed(5)}, ` +
        `validation PSNR ${validationPsnr.toFixed(2)} dB, ` +
        `waited for data ${(100 * dataWaitShare).toFixed(1)}%, ${
          imagesPerSecond.toFixed(1)
        } images/s`,
    );
  }

  log(line: string): void {
    if (this.#bar) this.#bar.log(line);
    else console.error(line);
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
