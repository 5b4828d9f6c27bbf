import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { wholeBatchContext } from "../../src/network/network.ts";
import { Adam } from "../../src/train/adam.ts";
import type { ImageShare } from "../../src/train/regression_objective.ts";
import { shareGradients, trainableVariables } from "../../src/train/step.ts";
import { webgpuTest } from "../webgpu.ts";
import {
  buildReferenceNetwork,
  readReferenceStep,
  REFERENCE_CONFIG,
  type ReferenceStep,
} from "./reference_step.ts";

const REFERENCE = readReferenceStep();

Deno.test("shareGradients() agrees with PyTorch on wasm", () => checkGradients("wasm"));
Deno.test("Adam takes PyTorch's first five steps on wasm", () => checkFiveSteps("wasm"));
webgpuTest("shareGradients() agrees with PyTorch on webgpu", () => checkGradients("webgpu"));
webgpuTest("Adam takes PyTorch's first five steps on webgpu", () => checkFiveSteps("webgpu"));

for (const backend of ["wasm", "webgpu"] as const) {
  const register = backend === "wasm" ? Deno.test : webgpuTest;
  register(`shareGradients() repeats to the bit, dropout included, on ${backend}`, async () => {
    const device = await startBackend(backend);
    const network = buildNetwork({ ...REFERENCE_CONFIG, dropout: 0.5 }, { seed: 1 });
    const context = wholeBatchContext({ seed: 3, step: 4, batchImages: 4 });
    const runs: Float32Array[][] = [];
    for (let run = 0; run < 2; run++) {
      const { loss, gradients } = shareGradients(network, referenceBatch(REFERENCE), context);
      const read = (tensor: tf.Tensor) => tensor.data() as Promise<Float32Array>;
      runs.push(await Promise.all([loss, ...gradients].map(read)));
      tf.dispose([loss, ...gradients]);
    }
    assertEquals(runs[1], runs[0]);
    device.check();
    network.dispose();
  });
}

webgpuTest("a step of 24 weights is at most 120 dispatches on webgpu", async () => {
  const device = await startBackend("webgpu");
  const network = buildNetwork({ ...REFERENCE_CONFIG, dropout: 0.5 }, { seed: 1 });
  const variables = trainableVariables(network);
  const adam = new Adam(variables, { learningRate: 0.001 });
  const backend = tf.backend() as unknown as { recordAndSubmit(...call: unknown[]): void };
  const record = backend.recordAndSubmit.bind(backend);
  let dispatches = 0;
  backend.recordAndSubmit = (...call) => {
    dispatches++;
    record(...call);
  };
  const context = wholeBatchContext({ seed: 0, step: 0, batchImages: 4 });
  const { loss, gradients } = shareGradients(network, referenceBatch(REFERENCE), context);
  adam.step(gradients);
  await loss.data();
  assertEquals(variables.length, 24);
  // What tfjs composes takes some 570. Large maps add a second stage to some 25 sums.
  assert(dispatches <= 120, `${dispatches} dispatches`);
  device.check();
  tf.dispose([loss, ...gradients]);
  adam.dispose();
  network.dispose();
});

async function checkGradients(backend: "wasm" | "webgpu"): Promise<void> {
  const device = await startBackend(backend);
  const network = buildReferenceNetwork(REFERENCE);
  const context = wholeBatchContext({ seed: 0, step: 0, batchImages: 4 });
  const { loss, gradients } = shareGradients(network, referenceBatch(REFERENCE), context);
  const relative = Math.abs((await loss.data())[0]! / REFERENCE.losses[0]! - 1);
  assert(relative < 1e-4, `loss is off by ${relative}`);
  for (const [i, weight] of network.layers!.trainableWeights.entries()) {
    const name = weight.originalName.replace("/", "-");
    const expected = REFERENCE.arrays.get(`${name}-gradient`)!.values;
    const error = relativeError(await gradients[i]!.data() as Float32Array, expected);
    assert(error < 1e-4, `gradient of ${name} is off by ${error}`);
  }
  device.check();
  tf.dispose([loss, ...gradients]);
  network.dispose();
}

async function checkFiveSteps(backend: "wasm" | "webgpu"): Promise<void> {
  await startBackend(backend);
  const network = buildReferenceNetwork(REFERENCE);
  const adam = new Adam(trainableVariables(network), { learningRate: 0.001 });
  for (const [step, expected] of REFERENCE.losses.entries()) {
    const context = wholeBatchContext({ seed: 0, step, batchImages: 4 });
    const { loss, gradients } = shareGradients(network, referenceBatch(REFERENCE), context);
    assertAlmostEquals((await loss.data())[0]!, expected, 1e-4);
    adam.step(gradients);
    tf.dispose([loss, ...gradients]);
  }
  for (const weight of network.layers!.trainableWeights) {
    const name = weight.originalName.replace("/", "-");
    const expected = REFERENCE.arrays.get(`${name}-after-5-steps`)?.values;
    if (!expected) continue;
    const values = await (weight as unknown as { val: tf.Variable }).val.data() as Float32Array;
    const error = relativeError(values, expected);
    assert(error < 1e-3, `${name} after five steps is off by ${error}`);
  }
  adam.dispose();
  network.dispose();
}

function referenceBatch({ arrays }: ReferenceStep): ImageShare {
  const { shape, values: lightness } = arrays.get("lightness")!;
  const [count, heightPx, widthPx] = shape as [number, number, number];
  const targetAb = arrays.get("target_ab")!.values;
  return { count, heightPx, widthPx, lightness, targetAb };
}

/** Norm of the difference over the norm of what was expected. */
function relativeError(values: Float32Array, expected: Float32Array): number {
  let [difference, total] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference += (values[i]! - expected[i]!) ** 2;
    total += expected[i]! ** 2;
  }
  return Math.sqrt(difference / total);
}
