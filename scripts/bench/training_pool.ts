import type { KernelChoice } from "../../src/backend/own_kernels.ts";
import type { NetworkConfig } from "../../src/network/config.ts";
import { endWorkers } from "../command/end_workers.ts";
import { createShareGroupMemory } from "../../src/train/share_group.ts";
import type { TurnReport, WorkerAnswer, WorkerStart, WorkerTurn } from "./training_messages.ts";

/** Beside the gradients of all weights travel the loss and the wish to stop. */
const EXTRA_VALUES = 2;

/** What a pool trains and on what. */
export interface PoolOptions {
  network: NetworkConfig;
  parameterCount: number;
  backend: "webgpu" | "wasm";
  workers: number;
  batch: number;
  sizePx: number;
  /** Prepared data set to train on. */
  dataDir: string;
  lossEverySteps: number;
}

/** Workers that train one network together, a turn at a time. */
export class TrainingPool {
  readonly #workers: Worker[] = [];
  readonly #backend: PoolOptions["backend"];
  /** The device's name, once all workers are ready. */
  deviceName = "";
  #answers: PromiseWithResolvers<WorkerAnswer>[] = [];

  private constructor(backend: PoolOptions["backend"]) {
    this.#backend = backend;
  }

  /**
   * Starts the workers.
   * @throws {Error} When one cannot start, with its message.
   */
  static async start(options: PoolOptions): Promise<TrainingPool> {
    const pool = new TrainingPool(options.backend);
    const { workers, parameterCount, ...rest } = options;
    const capacity = parameterCount + EXTRA_VALUES;
    const group = workers > 1 ? createShareGroupMemory({ members: workers, capacity }) : undefined;
    for (let rank = 0; rank < workers; rank++) pool.#add();
    const starts = pool.#workers.map((_, rank): WorkerStart => ({ ...rest, rank, group }));
    try {
      const [ready] = await pool.#ask(starts);
      pool.deviceName = (ready as Extract<WorkerAnswer, { type: "ready" }>).deviceName;
      return pool;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  /**
   * Trains on whole batches, shared by the workers.
   * @returns What the first worker measured; all take the same time, as they wait for each other.
   */
  async train(
    { steps, kernels = "ours", timeKernels = false }: {
      steps: number;
      kernels?: KernelChoice;
      timeKernels?: boolean;
    },
  ): Promise<TurnReport> {
    return (await this.#turn({ work: "train", steps, kernels, timeKernels }))[0]!;
  }

  /** Colors whole batches, each worker its part. @returns Seconds of the slowest worker. */
  async infer({ batches, kernels = "ours" }: { batches: number; kernels?: KernelChoice }) {
    const reports = await this.#turn({ work: "infer", batches, kernels });
    return Math.max(...reports.map(({ seconds }) => seconds));
  }

  async close(): Promise<void> {
    await endWorkers(this.#workers, { backend: this.#backend });
  }

  async #turn(turn: WorkerTurn): Promise<TurnReport[]> {
    const answers = await this.#ask(this.#workers.map(() => turn));
    return answers.map((answer) => (answer as Extract<WorkerAnswer, { type: "turn" }>).report);
  }

  /** Posts one message to each worker and waits for all answers. */
  async #ask(messages: (WorkerStart | WorkerTurn)[]): Promise<WorkerAnswer[]> {
    this.#answers = messages.map(() => Promise.withResolvers<WorkerAnswer>());
    for (const [rank, message] of messages.entries()) this.#workers[rank]!.postMessage(message);
    return await Promise.all(this.#answers.map(({ promise }) => promise));
  }

  #add(): void {
    const rank = this.#workers.length;
    const worker = new Worker(new URL("./training_worker.ts", import.meta.url), { type: "module" });
    const fail = (message: string) => {
      const error = new Error(`Cannot measure training: worker ${rank} failed: ${message}`);
      this.#answers[rank]?.reject(error);
    };
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
      if (data.type === "failed") fail(data.message);
      else this.#answers[rank]?.resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      fail(event.message);
    };
    this.#workers.push(worker);
  }
}
