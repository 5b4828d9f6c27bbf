/** Cog's predictions: those that run, and answers for those who put the same again. */
import type { ProblemError } from "../problem.ts";

/** Answers that are remembered for those who put the same again, and for how long. */
const REMEMBERED_BYTES = 64e6;
const REMEMBERED_MS = 300_000;

/** A prediction, as it is answered. */
export interface Prediction {
  id: string;
  status: "processing" | "succeeded" | "failed" | "canceled";
  output: string | string[] | null;
  error: string | null;
  logs: string;
  metrics: { predict_time?: number };
}

/** A prediction that runs or has run. */
export interface Job {
  prediction: Prediction;
  /** SHA-256 of the body that asked for it. */
  input: string;
  /** Of the output; 0 while it runs. */
  bytes: number;
  endedMs: number;
  cancel: AbortController;
  done: Promise<void>;
  problem?: ProblemError;
}

/** Predictions by their ids; those that were put are apart from those that were posted. */
export class Jobs {
  readonly #put = new Map<string, Job>();
  readonly #posted = new Map<string, Job>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** What was put under an id, and runs or was answered not long ago. */
  put(id: string): Job | undefined {
    return this.#put.get(id);
  }

  /** A prediction that runs, or was put, to be canceled. */
  find(id: string): Job | undefined {
    return this.#put.get(id) ?? this.#posted.get(id);
  }

  begin(job: Job, { isPut }: { isPut: boolean }): void {
    (isPut ? this.#put : this.#posted).set(job.prediction.id, job);
  }

  /** Keeps the answer of what was put. */
  end(job: Job, { isPut }: { isPut: boolean }): void {
    const jobs = isPut ? this.#put : this.#posted;
    const { id } = job.prediction;
    if (jobs.get(id) === job && !isPut) jobs.delete(id);
    this.#forget();
  }

  /** Lets go of one that failed, once somebody was told: it may be tried again. */
  release(job: Job): void {
    const { id } = job.prediction;
    if (this.#put.get(id) === job) this.#put.delete(id);
  }

  /** Lets go of answers that are old, and of the oldest ones where they take too much memory. */
  #forget(): void {
    clearTimeout(this.#timer);
    const nowMs = performance.now();
    const ended = [...this.#put.values()].filter(({ prediction }) =>
      prediction.status !== "processing"
    ).sort((one, other) => one.endedMs - other.endedMs);
    let bytes = ended.reduce((sum, job) => sum + job.bytes, 0);
    // The newest one stays: whoever put it may be about to ask for it.
    for (const job of ended.slice(0, -1)) {
      if (bytes <= REMEMBERED_BYTES && nowMs - job.endedMs <= REMEMBERED_MS) continue;
      this.#put.delete(job.prediction.id);
      bytes -= job.bytes;
    }
    const last = ended.at(-1);
    if (last && nowMs - last.endedMs > REMEMBERED_MS) this.#put.delete(last.prediction.id);
    if (ended.length === 0) return;
    const timer = setTimeout(() => this.#forget(), REMEMBERED_MS / 5);
    Deno.unrefTimer(timer);
    this.#timer = timer;
  }
}
