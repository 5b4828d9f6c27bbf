/** How fast networks train and predict here, beside tfjs' own kernels and PyTorch. */
import { startBackend } from "../../src/backend/start.ts";
import { buildNetwork } from "../../src/network/build.ts";
import type { KernelChoice } from "../../src/backend/own_kernels.ts";
import type { NetworkConfig } from "../../src/network/config.ts";
import { type NetworkFlops, networkFlops } from "./flops.ts";
import type { KernelTimes } from "./kernel_times.ts";
import { writeMadeDataset } from "./made_dataset.ts";
import { Peer } from "./peer.ts";
import type { TurnReport } from "./training_messages.ts";
import { TrainingPool } from "./training_pool.ts";
import { median, type Player, speedRatio, takeTurns, type TurnOptions } from "./turns.ts";

/** What to measure and where. */
export interface TrainingBench {
  /** For the log and the report. */
  name: string;
  network: NetworkConfig;
  backend: "webgpu" | "wasm";
  /** A software adapter takes many seconds for one step. */
  software: boolean;
  workers: number;
  /** Images per step, of all workers together. */
  batch: number;
  /** A Python that has PyTorch; undefined to leave it out. */
  python: string | undefined;
  log(line: string): void;
}

/** Figures of one network on one device; undefined where they are not known. */
export interface TrainingSpeed {
  name: string;
  backend: "webgpu" | "wasm";
  deviceName: string;
  workers: number;
  batch: number;
  imagesPerSecond: number;
  inferenceImagesPerSecond: number;
  /** Of training; only the arithmetic of convolutions. */
  gigaflopsPerSecond: number;
  /** Share of the training time, 0..1, that went into waiting for images. */
  dataWaitShare: number;
  dispatchesPerStep: number | undefined;
  submitsPerStep: number | undefined;
  /** Of one step; and how long that step took in all. */
  kernelTimes: KernelTimes;
  timedStepMs: number;
  /** How many times as fast as tfjs' own kernels, and as PyTorch. */
  builtinRatio: number | undefined;
  peerRatio: number | undefined;
  peerInferenceRatio: number | undefined;
  peerRunsOn: string | undefined;
}

const SIZE_PX = 64;

/** Where reading the loss costs time, `deno task train` reads it this often. */
const GPU_LOSS_EVERY_STEPS = 20;

/**
 * Measures whole training steps, as `deno task train` takes them, and predictions, in turns with
 * the same under tfjs' own kernels and in PyTorch.
 */
export async function benchTraining(bench: TrainingBench): Promise<TrainingSpeed> {
  const { parameterCount, flops } = await describeNetwork(bench.network);
  const { network, backend, software, workers, batch } = bench;
  const lossEverySteps = backend === "webgpu" && !software ? GPU_LOSS_EVERY_STEPS : 1;
  const dataDir = await Deno.makeTempDir({ prefix: "polychromify-bench-" });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(dataDir, { recursive: true }));
  // Epochs end where the loss is read, so that all turns have their full number of steps.
  const images = batch * Math.max(2 * lossEverySteps, 8);
  await writeMadeDataset(dataDir, { images, sizePx: SIZE_PX });
  const common = { network, batch, sizePx: SIZE_PX };
  const pool = stack.adopt(
    await TrainingPool.start({
      ...{ ...common, parameterCount, backend, workers, dataDir, lossEverySteps },
    }),
    (pool) => pool.close(),
  );
  bench.log(`measuring ${bench.name} on ${pool.deviceName}, batch ${batch}`);
  const peer = bench.python === undefined ? undefined : stack.adopt(
    await Peer.start({
      ...common,
      python: bench.python,
      threads: backend === "wasm" ? workers : navigator.hardwareConcurrency,
      cuda: backend === "webgpu",
    }),
    (peer) => peer.close(),
  );
  const training = await measureTraining(bench, { pool, peer, lossEverySteps });
  const inference = await measureInference(bench, { pool, peer });
  return {
    ...{ name: bench.name, backend, workers, batch },
    ...{ deviceName: pool.deviceName, peerRunsOn: peer?.runsOn },
    ...training,
    ...inference,
    gigaflopsPerSecond: training.imagesPerSecond * flops.training / 1e9,
  };
}

async function describeNetwork(
  config: NetworkConfig,
): Promise<{ parameterCount: number; flops: NetworkFlops }> {
  await startBackend("wasm");
  const network = buildNetwork(config);
  const { parameterCount } = network;
  const flops = networkFlops(network, { sizePx: SIZE_PX });
  network.dispose();
  return { parameterCount, flops };
}

interface Measured {
  pool: TrainingPool;
  peer: Peer | undefined;
}

async function measureTraining(
  { batch, backend, software, log }: TrainingBench,
  { pool, peer, lossEverySteps }: Measured & { lossEverySteps: number },
) {
  const turns: (TurnReport & { steps: number })[] = [];
  const unitImages = batch * lossEverySteps;
  const work = (kernels: KernelChoice) => async (units: number) => {
    const steps = units * lossEverySteps;
    const report = await pool.train({ steps, kernels });
    if (kernels === "ours") turns.push({ ...report, steps });
    return report.seconds;
  };
  const players: Player[] = [
    { name: "training", unitImages, work: work("ours") },
    { name: "training with tfjs' own kernels", unitImages, work: work("builtin") },
  ];
  if (peer) players.push(peerPlayer(peer, { unitImages, steps: lossEverySteps }));
  const [rates, builtinRates, peerRates] = await takeTurns(players, turnOptions(software, log));
  const counted = turns.length > 1 ? turns.slice(1) : turns; // the first one warms up
  const sum = (of: (turn: typeof turns[number]) => number) =>
    counted.reduce((total, turn) => total + of(turn), 0);
  const steps = sum((turn) => turn.steps);
  const perStep = (count: number) => backend === "webgpu" ? count / steps : undefined;
  return {
    imagesPerSecond: median(rates!)!,
    dataWaitShare: sum((turn) => turn.dataWaitSeconds) / sum((turn) => turn.seconds),
    dispatchesPerStep: perStep(sum(({ commands }) => commands.dispatches)),
    submitsPerStep: perStep(sum(({ commands }) => commands.submits)),
    builtinRatio: speedRatio(rates!, builtinRates),
    peerRatio: speedRatio(rates!, peerRates),
    ...await timeKernelsOfStep(pool, lossEverySteps),
  };
}

async function timeKernelsOfStep(pool: TrainingPool, steps: number) {
  const { kernelTimes, seconds } = await pool.train({ steps, timeKernels: true });
  const ofStep = kernelTimes.map(([name, ms]): [string, number] => [name, ms / steps]);
  return { kernelTimes: ofStep, timedStepMs: 1000 * seconds / steps };
}

async function measureInference(
  { batch, software, log }: TrainingBench,
  { pool, peer }: Measured,
) {
  const unitImages = batch;
  const players: Player[] = [
    { name: "inference", unitImages, work: (batches) => pool.infer({ batches }) },
  ];
  if (peer) {
    const work = (batches: number) => peer.ask({ do: "infer", batches });
    players.push({ name: "inference in PyTorch", unitImages, work });
  }
  const [rates, peerRates] = await takeTurns(players, turnOptions(software, log));
  return {
    inferenceImagesPerSecond: median(rates!)!,
    peerInferenceRatio: speedRatio(rates!, peerRates),
  };
}

function peerPlayer(
  peer: Peer,
  { unitImages, steps }: { unitImages: number; steps: number },
): Player {
  const work = (units: number) => peer.ask({ do: "train", steps: units * steps });
  return { name: "training in PyTorch", unitImages, work };
}

function turnOptions(software: boolean, log: (line: string) => void): TurnOptions {
  return software
    ? { rounds: 1, turnSeconds: 1, budgetSeconds: 0, log }
    : { rounds: 3, turnSeconds: 2, budgetSeconds: 12, log };
}
