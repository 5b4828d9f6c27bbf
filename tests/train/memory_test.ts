/** Training takes no more memory, however long it runs. */
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { garbageCollector } from "../../src/train/garbage.ts";
import { webgpuTest } from "../webgpu.ts";
import { CONFIG, makeFolder, type RunOptions, trainRun } from "./train_run.ts";

const MOST_GROWTH_MB = 50;

Deno.test("500 steps on wasm keep the number of tensors, and memory within 50 MB", async () => {
  await checkFlat({ afterRead: garbageCollector({ everyCalls: 60 }) });
});

webgpuTest("500 steps on webgpu keep the number of tensors, and memory within 50 MB", async () => {
  // A small network, as a software adapter takes long for each of a step's many dispatches.
  const network = { kind: "plain-cnn" as const, filters: [2] };
  const afterRead = garbageCollector({ everyCalls: 6 });
  await checkFlat({ backend: "webgpu", network, lossEverySteps: 10, afterRead });
});

/** Trains for 600 steps, 10 an epoch, of which the first 100 warm up. */
async function checkFlat(options: RunOptions): Promise<void> {
  await using folder = await makeFolder({ train: 20, val: 8 });
  const tensors: number[] = [];
  const memory: { step: number; bytes: number }[] = [];
  const onStep = (_: unknown, step: number) => {
    tensors.push(tf.memory().numTensors);
    memory.push({ step, bytes: Deno.memoryUsage().rss });
  };
  await trainRun(folder, { ...options, config: { ...CONFIG, epochs: 60, batch: 2 }, onStep });
  assertEquals(new Set(tensors).size, 1);
  const most = (from: number, to: number) =>
    Math.max(...memory.filter(({ step }) => step > from && step <= to).map(({ bytes }) => bytes));
  const growthMb = (most(550, 600) - most(50, 100)) / 2 ** 20;
  assert(growthMb < MOST_GROWTH_MB, `memory grew by ${growthMb} MB`);
}
