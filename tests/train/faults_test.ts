/** What goes wrong amid training stops the run, and the last checkpoint goes on from there. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { errorChain } from "../../scripts/command/run.ts";
import { makeBatch } from "../../src/data/batch.ts";
import { openSplit } from "../../src/data/split.ts";
import type { NamedArray } from "../../src/network/safetensors.ts";
import { readCheckpoint } from "../../src/train/checkpoint.ts";
import type { RgbShare } from "../../src/train/regression_objective.ts";
import { createShareSource, type ShareSource } from "../../src/train/share_source.ts";
import { trainableVariables } from "../../src/train/step.ts";
import { webgpuTest } from "../webgpu.ts";
import { TINY_NETWORK } from "./tiny_network.ts";
import { CONFIG, makeFolder, type RunOptions, trainRun } from "./train_run.ts";

/** Steps 4 to 6 are the second epoch. */
const FAULT_STEP = 5;
const CONFIG_2 = { ...CONFIG, epochs: 2 };
/** Weights at the end of a run without a fault, by backend. */
const expected = new Map<string, NamedArray[]>();

webgpuTest("a GPU that is lost amid training stops the run, which goes on later", async () => {
  const message = "Cannot go on training in epoch 2, at step 5: Cannot go on computing: " +
    "GPU device lost (destroyed)";
  await checkFault("webgpu", message, { onStep: atFault(() => gpuDevice().destroy()) });
});

webgpuTest("a buffer over the GPU's limits stops the run, which goes on later", async () => {
  const message = "in epoch 2, at step 5: Cannot go on computing: GPU validation error";
  const onStep = atFault(() => {
    const device = gpuDevice();
    device.createBuffer({ size: device.limits.maxBufferSize + 4, usage: GPUBufferUsage.STORAGE });
  });
  await checkFault("webgpu", message, { onStep });
});

webgpuTest("a GPU out of memory stops the run, which goes on later", async () => {
  const message = "at step 5: Cannot go on computing: GPU out of memory: 2 GB asked for";
  const onStep = atFault(() => {
    // A software adapter has no memory of its own that could run out.
    const error = new GPUOutOfMemoryError("2 GB asked for");
    gpuDevice().dispatchEvent(new GPUUncapturedErrorEvent("uncapturederror", { error }));
  });
  await checkFault("webgpu", message, { onStep });
});

for (const field of ["lightness", "targetAb"] as const) {
  const check = (backend: "wasm" | "webgpu") => checkNanData(backend, field);
  Deno.test(`NaN in ${field} stops a run on wasm, which goes on later`, () => check("wasm"));
  webgpuTest(`NaN in ${field} stops a run on webgpu, which goes on later`, () => check("webgpu"));
}

Deno.test("weights that are not finite replace no checkpoint, though the loss was", async () => {
  const onStep = (network: Parameters<typeof trainableVariables>[0], step: number) => {
    if (step !== FAULT_STEP) return;
    const [weight] = trainableVariables(network);
    tf.tidy(() => weight!.assign(tf.fill(weight!.shape, Infinity)));
  };
  const message = "kernel must be finite, got Infinity in epoch 2, step 5";
  await checkFault("wasm", message, { onStep });
});

async function checkNanData(
  backend: "wasm" | "webgpu",
  field: "lightness" | "targetAb",
): Promise<void> {
  await using folder = await makeFolder({ train: 40, val: 8 });
  const images = await openSplit(folder.path, "train");
  const whole = createShareSource(images, TINY_NETWORK);
  let asked = 0;
  const shares: ShareSource = {
    ...whole,
    make: async (request) => {
      const share = await whole.make(request) as RgbShare;
      if (++asked !== FAULT_STEP) return share;
      const { count, heightPx, widthPx, rgb } = share;
      const batch = makeBatch(rgb, { count, sizePx: heightPx });
      batch[field][7] = NaN;
      return { ...batch, heightPx, widthPx };
    },
  };
  const message = "the loss must be finite, got NaN in epoch 2, step 5";
  await checkFault(backend, message, { shares }, folder);
  images.close();
}

/** Runs into a fault, saving each step; a run from the checkpoint ends as one without the fault. */
async function checkFault(
  backend: "wasm" | "webgpu",
  message: string,
  fault: RunOptions,
  folder?: { path: string },
): Promise<void> {
  await using own = folder ? undefined : await makeFolder({ train: 40, val: 8 });
  const place = folder ?? own!;
  const checkpoint = `${place.path}/checkpoint`;
  const run = (options: RunOptions) => trainRun(place, { backend, config: CONFIG_2, ...options });
  const error = await assertRejects(() => run({ checkpoint, saveEachStep: true, ...fault }));
  assertStringIncludes(errorChain(error), message);
  const { position, arrays } = await readCheckpoint(checkpoint);
  assertEquals(position.step, FAULT_STEP - 1);
  for (const [name, { values }] of arrays) assertEquals(values.every(Number.isFinite), true, name);
  const resumed = await run({ resumeFrom: checkpoint });
  if (!expected.has(backend)) expected.set(backend, (await run({})).weights);
  assertEquals(resumed.weights, expected.get(backend));
}

function atFault(fault: () => void) {
  return (_: unknown, step: number) => {
    if (step === FAULT_STEP) fault();
  };
}

function gpuDevice(): GPUDevice {
  return (tf.backend() as WebGPUBackend).device;
}
