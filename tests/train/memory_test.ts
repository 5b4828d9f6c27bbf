/** Training takes no more memory, however long it runs. */
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { garbageCollector } from "../../src/backend/garbage.ts";
import type { TrainingConfig } from "../../src/train/config.ts";
import { webgpuTest } from "../webgpu.ts";
import { CONFIG, makeFolder, type RunOptions, trainRun } from "./train_run.ts";

const STEPS = 1000;
/** The first steps compile kernels and fill pools. */
const WARM_UP_STEPS = 50;
const MOST_GROWTH_MB = 60;

Deno.test("1,000 steps on wasm keep the number of tensors, and memory within 60 MB", async () => {
  await checkFlat({ afterRead: garbageCollector({ everyCalls: 60 }) });
});

webgpuTest(
  "1,000 steps on webgpu keep the number of tensors, and memory within 60 MB",
  async () => {
    // A small network, as a software adapter takes long for each of a step's many dispatches.
    const network = { kind: "plain-cnn" as const, filters: [2] };
    const afterRead = garbageCollector({ everyCalls: 3 });
    await checkFlat({ backend: "webgpu", network, lossEverySteps: 20, afterRead });
  },
);

/** Trains for 1,000 steps, 20 an epoch. */
async function checkFlat(options: RunOptions): Promise<void> {
  await using folder = await makeFolder({ train: 40, val: 8 });
  const config: TrainingConfig = { ...CONFIG, epochs: STEPS / 20, batch: 2 };
  const tensors: number[] = [];
  const memory: { step: number; bytes: number }[] = [];
  const onStep = (_: unknown, step: number) => {
    tensors.push(tf.memory().numTensors);
    memory.push({ step, bytes: Deno.memoryUsage().rss });
  };
  await trainRun(folder, { ...options, config, onStep });
  assertEquals(memory.at(-1)!.step, STEPS);
  assertEquals(new Set(tensors).size, 1);
  const after = memory.filter(({ step }) => step >= WARM_UP_STEPS).map(({ bytes }) => bytes);
  const growthMb = (Math.max(...after) - after[0]!) / 2 ** 20;
  assert(growthMb < MOST_GROWTH_MB, `memory grew by ${growthMb} MB`);
}
