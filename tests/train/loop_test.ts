import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { Network } from "../../src/network/network.ts";
import { readWeights } from "../../src/network/weights.ts";
import type { TrainingConfig } from "../../src/train/config.ts";
import type { EpochRecord } from "../../src/train/history.ts";
import { trainableVariables } from "../../src/train/step.ts";
import { webgpuTest } from "../webgpu.ts";
import { CONFIG, makeFolder, trainRun } from "./train_run.ts";

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

Deno.test("so does one with averages, clipping, decay and a schedule", async () => {
  await using folder = await makeFolder({ train: 40, val: 8 });
  const config: TrainingConfig = {
    ...CONFIG,
    schedule: "cosine",
    warmupSteps: 3,
    weightDecay: 0.1,
    clipNorm: 0.01,
    emaDecay: 0.9,
  };
  const validated: unknown[] = [];
  const validate = async (network: Network) => {
    validated.push((await readWeights(network)).map(({ values }) => values));
    return { loss: 0, psnr: 0 };
  };
  const whole = await trainRun(folder, { config, validate });
  const checkpoint = `${folder.path}/checkpoint`;
  await trainRun(folder, { config, stopAfter: 5, checkpoint });
  const last = await trainRun(folder, { config, validate, resumeFrom: checkpoint });
  assertEquals(last.weights, whole.weights);
  // Epochs 1 to 3, and 2 to 3 again: the averages, which are not what a run ends with.
  assertEquals(validated.length, 5);
  assertEquals(validated.slice(3), validated.slice(1, 3));
  assert(JSON.stringify(validated[2]) !== JSON.stringify(whole.weights.map((w) => w.values)));
});

Deno.test("every setting of the optimizer changes the weights", async () => {
  await using folder = await makeFolder({ train: 40, val: 8 });
  const settings: Partial<TrainingConfig>[] = [
    {},
    { schedule: "cosine" },
    { schedule: "cosine", finalLearningRate: 5e-4 },
    { warmupSteps: 3 },
    { weightDecay: 0.1 },
    { clipNorm: 0.01 },
  ];
  const ends = new Set<string>();
  for (const setting of settings) {
    const { weights } = await trainRun(folder, { config: { ...CONFIG, ...setting } });
    ends.add(JSON.stringify(weights[0]!.values));
  }
  assertEquals(ends.size, settings.length);
});

Deno.test("the seed decides the weights", async () => {
  await using folder = await makeFolder({ train: 40, val: 8 });
  const runs = [6, 6, 5].map((seed) => () => trainRun(folder, { config: { ...CONFIG, seed } }));
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

/** What must be the same in every run: all but the times. */
function scores({ epoch, loss, psnr, validationLoss, images }: EpochRecord) {
  return { epoch, loss, psnr, validationLoss, images };
}
