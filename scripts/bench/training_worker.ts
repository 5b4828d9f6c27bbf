/** A worker of `deno task bench train`: trains as `deno task train` does, a turn at a time. */
import * as tf from "@tensorflow/tfjs";
import { chooseKernels } from "../../src/backend/own_kernels.ts";
import { startBackend } from "../../src/backend/start.ts";
import { type ImageSplit, openSplit } from "../../src/data/split.ts";
import { buildNetwork } from "../../src/network/build.ts";
import type { Network } from "../../src/network/network.ts";
import { REPORT_TRAINING } from "../../src/train/config.ts";
import { garbageCollector } from "../../src/backend/garbage.ts";
import { train } from "../../src/train/loop.ts";
import { breakShareGroup, ShareGroup, ShareGroupBrokenError } from "../../src/train/share_group.ts";
import { createShareSource, startShareThreads } from "../../src/train/share_source.ts";
import { errorChain } from "../command/run.ts";
import { CommandCounter } from "./command_counter.ts";
import { timeKernels } from "./kernel_times.ts";
import { TrainingClock } from "./training_clock.ts";
import type { TurnReport, WorkerAnswer, WorkerStart, WorkerTurn } from "./training_messages.ts";

/** As in `deno task train`. */
const COLLECT_EVERY_STEPS = 60;

const worker = self as unknown as {
  onmessage: (event: MessageEvent<WorkerStart | WorkerTurn>) => void;
  postMessage(answer: WorkerAnswer): void;
};

/** Turns that have been asked for and not begun; `next` resolves with the first. */
const turns = { queue: [] as WorkerTurn[], arrived: Promise.withResolvers<void>() };

worker.onmessage = async ({ data }) => {
  if ("work" in data) {
    turns.queue.push(data);
    turns.arrived.resolve();
    return;
  }
  try {
    await run(data);
  } catch (error) {
    // Whoever failed first tells why; the others only lost it.
    if (!(error instanceof ShareGroupBrokenError)) {
      worker.postMessage({ type: "failed", message: errorChain(error) });
    }
    if (data.group) breakShareGroup(data.group);
  }
};

async function run(start: WorkerStart): Promise<void> {
  const device = await startBackend(start.backend);
  const network = buildNetwork(start.network, { seed: 1 });
  const images = await openSplit(start.dataDir, "train");
  worker.postMessage({ type: "ready", deviceName: device.description });
  const infer = inferer(network, start);
  let turn = await nextTraining(infer);
  let clock = new TurnClock(turn);
  await train({
    network,
    images,
    shares: openShares(start, images),
    config: { ...REPORT_TRAINING, epochs: Number.MAX_SAFE_INTEGER, batch: start.batch },
    group: start.group && new ShareGroup(start.group, start.rank),
    lossEverySteps: start.lossEverySteps,
    resumeFrom: undefined,
    validate: () => Promise.resolve({ loss: 0, psnr: 0 }),
    checkDevice: () => device.check(),
    afterRead: garbageCollector({
      everyCalls: Math.ceil(COLLECT_EVERY_STEPS / start.lossEverySteps),
    }),
    shouldStop: () => false,
    onEpoch: () => Promise.resolve(),
    onStep: async ({ position }) => {
      clock.training.read(position);
      if (clock.training.steps < turn.steps) return;
      worker.postMessage({ type: "turn", report: await clock.stop() });
      turn = await nextTraining(infer);
      clock = new TurnClock(turn, clock.training);
    },
  });
}

function openShares({ backend, dataDir, network }: WorkerStart, images: ImageSplit) {
  return backend === "webgpu"
    ? startShareThreads({ dir: dataDir, split: "train", network, images: null })
    : createShareSource(images, network);
}

type TrainingTurn = Extract<WorkerTurn, { work: "train" }>;
type InferenceTurn = Extract<WorkerTurn, { work: "infer" }>;

/** Does what comes, until it is a turn of training. */
async function nextTraining(
  infer: (turn: InferenceTurn) => Promise<TurnReport>,
): Promise<TrainingTurn> {
  for (;;) {
    while (turns.queue.length === 0) {
      await turns.arrived.promise;
      turns.arrived = Promise.withResolvers();
    }
    const turn = turns.queue.shift()!;
    chooseKernels(turn.kernels);
    if (turn.work === "train") return turn;
    worker.postMessage({ type: "turn", report: await infer(turn) });
  }
}

/** Colors this worker's part of a batch, again and again, each read back. */
function inferer(network: Network, { batch, sizePx, group }: WorkerStart) {
  const count = Math.ceil(batch / (group?.members ?? 1));
  const lightness = Float32Array.from({ length: count * sizePx * sizePx }, (_, i) => i % 101);
  return async ({ batches }: InferenceTurn): Promise<TurnReport> => {
    const startMs = performance.now();
    for (let i = 0; i < batches; i++) {
      const input = tf.tensor4d(lightness, [count, sizePx, sizePx, 1]);
      const predicted = network.predictAb(input);
      await predicted.data();
      tf.dispose([input, predicted]);
    }
    const seconds = (performance.now() - startMs) / 1000;
    return {
      seconds,
      dataWaitSeconds: 0,
      commands: { dispatches: 0, submits: 0 },
      kernelTimes: [],
    };
  };
}

/** Measures one turn of training. */
class TurnClock {
  readonly training: TrainingClock;
  readonly #counter: CommandCounter | undefined;
  readonly #kernelTimes: ReturnType<typeof timeKernels> | undefined;

  constructor({ timeKernels: wanted }: TrainingTurn, before?: TrainingClock) {
    this.training = new TrainingClock(before);
    this.#counter = tf.getBackend() === "webgpu" ? new CommandCounter() : undefined;
    this.#kernelTimes = wanted ? timeKernels() : undefined;
  }

  async stop(): Promise<TurnReport> {
    const commands = this.#counter?.stop() ?? { dispatches: 0, submits: 0 };
    const { seconds, dataWaitSeconds } = this.training;
    return {
      seconds,
      dataWaitSeconds,
      commands,
      kernelTimes: await this.#kernelTimes?.() ?? [],
    };
  }
}
