import type { KernelChoice } from "../../src/backend/own_kernels.ts";
import type { NetworkConfig } from "../../src/network/config.ts";
import type { ShareGroupMemory } from "../../src/train/share_group.ts";
import type { CommandCounts } from "./command_counter.ts";
import type { KernelTimes } from "./kernel_times.ts";

/** What the benchmark posts to each of its workers first. */
export interface WorkerStart {
  network: NetworkConfig;
  backend: "webgpu" | "wasm";
  /** Images per step, of all workers together. */
  batch: number;
  sizePx: number;
  /** Prepared data set to train on. */
  dataDir: string;
  /** Steps between reads of the loss: the unit of a turn. */
  lossEverySteps: number;
  rank: number;
  /** Undefined when one worker trains alone. */
  group: ShareGroupMemory | undefined;
}

/** Work to do; workers that share batches get the same at the same time. */
export type WorkerTurn =
  | { work: "train"; steps: number; kernels: KernelChoice; timeKernels: boolean }
  | { work: "infer"; batches: number; kernels: KernelChoice };

/** What a turn took. */
export interface TurnReport {
  seconds: number;
  /** Of them, those that training waited for images. */
  dataWaitSeconds: number;
  /** GPU commands of the whole turn; zeros on WASM. */
  commands: CommandCounts;
  /** Empty when not asked for. */
  kernelTimes: KernelTimes;
}

/** What a worker posts: once when it is ready, then after each turn. */
export type WorkerAnswer =
  | { type: "ready"; deviceName: string }
  | { type: "turn"; report: TurnReport }
  | { type: "failed"; message: string };
