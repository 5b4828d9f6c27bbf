/** Runs of the training loop on generated pictures, for tests. */
import { startBackend } from "../../src/backend/start.ts";
import { openSplit } from "../../src/data/split.ts";
import { buildNetwork } from "../../src/network/build.ts";
import type { NetworkConfig } from "../../src/network/config.ts";
import type { Network } from "../../src/network/network.ts";
import { readWeights } from "../../src/network/weights.ts";
import { saveCheckpoint } from "../../src/train/checkpoint.ts";
import { REPORT_TRAINING, type TrainingConfig } from "../../src/train/config.ts";
import type { EpochRecord } from "../../src/train/history.ts";
import { type Run, train } from "../../src/train/loop.ts";
import { createShareSource, type ShareSource } from "../../src/train/share_source.ts";
import { writeTinyDataset } from "./tiny_dataset.ts";
import { TINY_NETWORK } from "./tiny_network.ts";

/**
 * 40 images in batches of 16: the last batch of each epoch is a small one. Not any seed will do:
 * under some, no pixel passes the few filters' ReLU, and nothing but the last bias ever learns.
 */
export const CONFIG: TrainingConfig = { ...REPORT_TRAINING, epochs: 3, batch: 16, seed: 6 };

/** What a test changes of a run. */
export interface RunOptions {
  network?: NetworkConfig;
  config?: TrainingConfig;
  backend?: "wasm" | "webgpu";
  lossEverySteps?: number;
  /** Where shares come from; made in this thread when left out. */
  shares?: ShareSource;
  stopAfter?: number;
  checkpoint?: string;
  /** Whether to save the checkpoint after each read of the loss, not only at the stop. */
  saveEachStep?: boolean;
  resumeFrom?: string;
  validate?: Run["validate"];
  afterRead?: () => void;
  /** Called with the mean loss since the last call. */
  onStep?: (network: Network, step: number, loss: number) => void;
}

/** Trains a small network in this thread, by default on WASM. */
export async function trainRun(folder: { path: string }, options: RunOptions) {
  const { config = CONFIG, stopAfter = Infinity, checkpoint } = options;
  const device = await startBackend(options.backend ?? "wasm");
  const network = buildNetwork(options.network ?? TINY_NETWORK, { seed: config.seed });
  const images = await openSplit(folder.path, "train");
  const shares = options.shares ?? createShareSource(images, network.config);
  let history: EpochRecord[] = [];
  let step = 0;
  const run: Run = {
    network,
    images,
    shares,
    config,
    group: undefined,
    lossEverySteps: options.lossEverySteps ?? 1,
    resumeFrom: options.resumeFrom,
    validate: options.validate ?? (() => Promise.resolve({ loss: 0, psnr: 0 })),
    checkDevice: () => device.check(),
    afterRead: options.afterRead ?? (() => {}),
    shouldStop: () => step + 1 >= stopAfter,
    onStep: async ({ adam, position, recentLoss }) => {
      step = position.step;
      options.onStep?.(network, step, recentLoss!);
      if (checkpoint && (step >= stopAfter || options.saveEachStep)) {
        await saveCheckpoint(checkpoint, { network, adam, position, check: () => device.check() });
      }
    },
    onEpoch: ({ position }) => Promise.resolve(void (history = position.history)),
  };
  try {
    const finished = await train(run);
    return { finished, history, weights: await readWeights(network) };
  } finally {
    images.close();
    network.dispose();
  }
}

/** A folder with a data set of generated pictures. */
export async function makeFolder(counts: { train: number; val: number }) {
  const path = await Deno.makeTempDir();
  await writeTinyDataset(path, counts);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
