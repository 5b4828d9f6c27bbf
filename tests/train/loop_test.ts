import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { openSplit } from "../../src/data/split.ts";
import { buildNetwork } from "../../src/network/build.ts";
import type { Network } from "../../src/network/network.ts";
import { readWeights } from "../../src/network/weights.ts";
import { saveCheckpoint } from "../../src/train/checkpoint.ts";
import { REPORT_TRAINING, type TrainingConfig } from "../../src/train/config.ts";
import type { EpochRecord } from "../../src/train/history.ts";
import { type Run, train } from "../../src/train/loop.ts";
import { trainableVariables } from "../../src/train/step.ts";
import { webgpuTest } from "../webgpu.ts";
import { writeTinyDataset } from "./tiny_dataset.ts";
import { TINY_NETWORK } from "./tiny_network.ts";

/** 40 images in batches of 16: the last batch of each epoch is a small one. */
const CONFIG: TrainingConfig = { ...REPORT_TRAINING, epochs: 3, batch: 16, seed: 4 };

Deno.test("a run that was interrupted twice ends with the very weights of one that was not", async () => {
  await using folder = await makeFolder({ train: 40, val: 8 });
  const whole = await trainRun(folder, {});
  const checkpoint = `${folder.path}/checkpoint`;
  const first = await trainRun(folder, { stopAfter: 2, checkpoint });
  assertEquals(first.finished, false);
  await trainRun(folder, { stopAfter: 5, checkpoint, resumeFrom: checkpoint });
  const last = await trainRun(folder, { resumeFrom: checkpoint });
  assertEquals(last.finished, true);
  assertEquals(last.weights, whole.weights);
  assertEquals(last.history.map(scores), whole.history.map(scores));
});

Deno.test("the seed decides the weights", async () => {
  await using folder = await makeFolder({ train: 40, val: 8 });
  const runs = [4, 4, 5].map((seed) => () => trainRun(folder, { config: { ...CONFIG, seed } }));
  const [one, again, other] = [await runs[0]!(), await runs[1]!(), await runs[2]!()];
  assertEquals(one.weights, again.weights);
  assert(one.weights.some((array, i) => array.values[0] !== other.weights[i]!.values[0]));
});

Deno.test("a loss that is not a number stops the run, naming epoch and step", async () => {
  await using folder = await makeFolder({ train: 40, val: 8 });
  const onStep = (network: Network, step: number) => {
    if (step !== 4) return;
    const [weight] = trainableVariables(network);
    tf.tidy(() => weight!.assign(tf.fill(weight!.shape, NaN)));
  };
  const message = "the loss must be finite, got NaN in epoch 2, step 5";
  await assertRejects(() => trainRun(folder, { onStep }), RangeError, message);
});

Deno.test("500 steps keep the number of tensors, and memory within 50 MB", async () => {
  await using folder = await makeFolder({ train: 160, val: 8 });
  const config = { ...CONFIG, epochs: 60 };
  const tensors: number[] = [];
  const memory: number[] = [];
  const onStep = () => {
    tensors.push(tf.memory().numTensors);
    memory.push(Deno.memoryUsage().rss);
  };
  await trainRun(folder, { config, onStep });
  assert(tensors.length >= 500, `${tensors.length} steps`);
  assertEquals(new Set(tensors).size, 1);
  // By step 100 V8's heap has grown to its working size.
  const growthMb = (Math.max(...memory.slice(-100)) - Math.max(...memory.slice(100, 200))) /
    2 ** 20;
  assert(growthMb < 50, `memory grew by ${growthMb} MB`);
});

webgpuTest("training on webgpu reads losses seldom and lowers them", async () => {
  await using folder = await makeFolder({ train: 40, val: 8 });
  const run = await trainRun(folder, { backend: "webgpu", lossEverySteps: 2 });
  assertEquals(run.finished, true);
  const losses = run.history.map(({ loss }) => loss);
  assert(losses[2]! < losses[0]!, `losses ${losses}`);
});

webgpuTest("webgpu and wasm train alike", async () => {
  await using folder = await makeFolder({ train: 40, val: 8 });
  const [gpu, cpu] = [await trainRun(folder, { backend: "webgpu" }), await trainRun(folder, {})];
  for (const [i, { loss }] of cpu.history.entries()) {
    const difference = Math.abs(gpu.history[i]!.loss - loss);
    assert(difference < 1e-3, `epoch ${i + 1} differs by ${difference}`);
  }
});

interface RunOptions {
  config?: TrainingConfig;
  backend?: "wasm" | "webgpu";
  lossEverySteps?: number;
  stopAfter?: number;
  checkpoint?: string;
  resumeFrom?: string;
  onStep?: (network: Network, step: number) => void;
}

async function trainRun(folder: { path: string }, options: RunOptions) {
  const { config = CONFIG, stopAfter = Infinity, checkpoint } = options;
  const device = await startBackend(options.backend ?? "wasm");
  const network = buildNetwork(TINY_NETWORK, { seed: config.seed });
  const images = await openSplit(folder.path, "train");
  const history: EpochRecord[] = [];
  let step = 0;
  const run: Run = {
    network,
    images,
    config,
    group: undefined,
    lossEverySteps: options.lossEverySteps ?? 1,
    resumeFrom: options.resumeFrom,
    validate: () => Promise.resolve({ loss: 0, psnr: 0 }),
    checkDevice: () => device.check(),
    shouldStop: () => step + 1 >= stopAfter,
    onStep: async ({ adam, position }) => {
      step = position.step;
      options.onStep?.(network, step);
      if (step >= stopAfter && checkpoint) {
        await saveCheckpoint(checkpoint, { network, adam, position });
      }
    },
    onEpoch: ({ position }) => {
      history.splice(0, Infinity, ...position.history);
      return Promise.resolve();
    },
  };
  try {
    const finished = await train(run);
    return { finished, history, weights: await readWeights(network) };
  } finally {
    images.close();
    network.dispose();
  }
}

/** What must be the same in every run: all but the times. */
function scores({ epoch, loss, psnr, validationLoss, images }: EpochRecord) {
  return { epoch, loss, psnr, validationLoss, images };
}

async function makeFolder(counts: { train: number; val: number }) {
  const path = await Deno.makeTempDir();
  await writeTinyDataset(path, counts);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
