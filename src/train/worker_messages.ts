import type { NetworkConfig } from "../network/config.ts";
import type { TrainingConfig } from "./config.ts";
import type { EpochRecord } from "./history.ts";
import type { ShareGroupMemory } from "./share_group.ts";

/** What the command posts to each training worker, once. */
export interface WorkerJob {
  name: string;
  network: NetworkConfig;
  config: TrainingConfig;
  backend: "webgpu" | "wasm";
  /** Whose kernels run: ours or tfjs' own. */
  kernels: "ours" | "builtin";
  dataDir: string;
  /** Of an epoch, as indices into the training split; null for all. */
  images: Uint32Array | null;
  runDir: string;
  /** Weights to begin with; fresh ones when undefined. */
  initFrom: string | undefined;
  /** Whether to go on from the run's checkpoint. */
  resume: boolean;
  rank: number;
  /** Undefined when one worker trains alone. */
  group: ShareGroupMemory | undefined;
  /** A flag of one Int32, not 0 when the user wants to stop. */
  stop: SharedArrayBuffer;
  checkpointEverySeconds: number;
}

/** What the first worker tells the command. */
export type WorkerMessage =
  | {
    type: "step";
    epoch: number;
    step: number;
    imagesDone: number;
    epochImages: number;
    loss: number;
  }
  | { type: "epoch"; history: EpochRecord[] }
  | { type: "saved" }
  | { type: "done"; finished: boolean }
  | { type: "failed"; message: string };
