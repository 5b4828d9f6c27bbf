/** A training worker: starts a backend of its own and trains on its share of every batch. */
import { type Device, startBackend } from "../../src/backend/start.ts";
import { type ImageSplit, openSplit } from "../../src/data/split.ts";
import { openChosenSplit } from "../../src/data/chosen_split.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { checkBatchFits } from "../../src/network/footprint.ts";
import { saveCheckpoint } from "../../src/train/checkpoint.ts";
import { garbageCollector } from "../../src/backend/garbage.ts";
import { type RunState, train } from "../../src/train/loop.ts";
import { breakShareGroup, ShareGroup, ShareGroupBrokenError } from "../../src/train/share_group.ts";
import {
  createShareSource,
  type ShareSource,
  startShareThreads,
} from "../../src/train/share_source.ts";
import type { WorkerJob, WorkerMessage } from "../../src/train/worker_messages.ts";
import { errorChain } from "../command/run.ts";
import { loadInitialWeights } from "./initial_weights.ts";
import { checkpointPath } from "./run_folder.ts";
import { createValidator } from "./validate.ts";

/** A read of the loss stalls a GPU; on WASM it is free. */
const LOSS_EVERY_STEPS = { webgpu: 20, wasm: 1 };
/** A collection takes some 50 ms. */
const COLLECT_EVERY_STEPS = 60;
const STEP_MESSAGE_EVERY_MS = 500;

const worker = self as unknown as {
  onmessage: (event: MessageEvent<WorkerJob>) => void;
  postMessage(message: WorkerMessage): void;
};

worker.onmessage = async ({ data: job }) => {
  try {
    const finished = await runJob(job);
    worker.postMessage({ type: "done", finished });
  } catch (error) {
    // Whoever failed first tells why; the others only lost it.
    if (!(error instanceof ShareGroupBrokenError)) {
      worker.postMessage({ type: "failed", message: errorChain(error) });
    }
    if (job.group) breakShareGroup(job.group);
  }
  self.close();
};

async function runJob(job: WorkerJob): Promise<boolean> {
  using device = stopping(await startBackend(job.backend, job));
  const network = buildNetwork(job.network, { seed: job.config.seed });
  if (job.initFrom && !job.resume) await loadInitialWeights(network, job.initFrom);
  using images = closing(await openChosenSplit(job.dataDir, "train", job.images));
  using validation = closing(await openSplit(job.dataDir, "val"));
  checkBatchFits(network, {
    images: Math.ceil(job.config.batch / (job.group?.members ?? 1)),
    heightPx: images.sizePx,
    widthPx: images.sizePx,
    maxTensorBytes: device.maxTensorBytes,
  });
  const group = job.group && new ShareGroup(job.group, job.rank);
  const { limit } = job.config;
  const count = Math.min(validation.count, limit ? Math.max(1, Math.ceil(limit / 10)) : Infinity);
  using shares = closing(openShares(job, images));
  const stop = new Int32Array(job.stop);
  const lossEverySteps = LOSS_EVERY_STEPS[job.backend];
  const collect = garbageCollector({ everyCalls: COLLECT_EVERY_STEPS / lossEverySteps });
  return await train({
    network,
    images,
    shares,
    config: job.config,
    group,
    lossEverySteps,
    resumeFrom: job.resume ? checkpointPath(job.runDir) : undefined,
    validate: createValidator(validation, { count, group }),
    checkDevice: () => device.check(),
    afterRead: collect,
    shouldStop: () => Atomics.load(stop, 0) !== 0,
    ...(job.rank === 0 ? reporting(job, { stop, device }) : silent()),
  });
}

/** On WASM the training workers use all cores themselves; beside a GPU there is time to read ahead. */
function openShares(
  { backend, dataDir, network, images }: WorkerJob,
  split: ImageSplit,
): ShareSource {
  return backend === "webgpu"
    ? startShareThreads({ dir: dataDir, split: "train", network, images })
    : createShareSource(split, network);
}

function silent(): { onStep(): Promise<void>; onEpoch(): Promise<void> } {
  return { onStep: () => Promise.resolve(), onEpoch: () => Promise.resolve() };
}

/** What the first worker does beside training: it saves checkpoints and tells how things go. */
function reporting(job: WorkerJob, { stop, device }: { stop: Int32Array; device: Device }) {
  let savedMs = performance.now();
  let reportedMs = 0;
  const save = async ({ network, adam, position }: RunState) => {
    const check = () => device.check();
    await saveCheckpoint(checkpointPath(job.runDir), { network, adam, position, check });
    savedMs = performance.now();
    worker.postMessage({ type: "saved" });
  };
  return {
    async onStep(state: RunState) {
      const { position, epochImages, recentLoss } = state;
      const stopping = Atomics.load(stop, 0) !== 0;
      const due = performance.now() - savedMs > job.checkpointEverySeconds * 1000;
      if (stopping || due) await save(state);
      if (
        performance.now() - reportedMs < STEP_MESSAGE_EVERY_MS && position.imagesDone < epochImages
      ) {
        return;
      }
      reportedMs = performance.now();
      const { epoch, step, imagesDone } = position;
      const progress = { epoch: epoch + 1, step, imagesDone, epochImages };
      worker.postMessage({ type: "step", ...progress, loss: recentLoss ?? NaN });
    },
    async onEpoch(state: RunState) {
      await save(state);
      worker.postMessage({ type: "epoch", history: state.position.history });
    },
  };
}

function stopping(device: Device): Device & Disposable {
  return Object.assign(device, { [Symbol.dispose]: () => device.stop() });
}

function closing<T extends { close(): void }>(resource: T): T & Disposable {
  return Object.assign(resource, { [Symbol.dispose]: () => resource.close() });
}
