import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { type Activation, biasActivation } from "../../../src/network/layers/bias_activation.ts";
import { largestError } from "../../tolerance.ts";
import { webgpuTest } from "../../webgpu.ts";

const PLAIN: Record<Activation, (sum: number) => number> = {
  linear: (sum) => sum,
  relu: (sum) => Math.max(sum, 0),
  tanh: Math.tanh,
};

Deno.test("biasActivation() holds from tiny to huge sums on wasm", () => checkRange("wasm"));
webgpuTest("biasActivation() holds from tiny to huge sums on webgpu", () => checkRange("webgpu"));

Deno.test("biasActivation() does not hide NaN on wasm", () => checkNan("wasm"));
webgpuTest("biasActivation() does not hide NaN on webgpu", () => checkNan("webgpu"));

async function checkRange(backend: "wasm" | "webgpu"): Promise<void> {
  const device = await startBackend(backend);
  const magnitudes = [0, 1e-30, 1e-6, 1e-3, 0.5, 1, 3, 9, 20, 100, 1e6];
  const sums = Float32Array.from(magnitudes.flatMap((size) => [size, -size]));
  for (const activation of ["relu", "tanh"] as const) {
    const values = await applied(sums, activation);
    assert(largestError(values, Array.from(sums, PLAIN[activation])) < 2e-7, activation);
  }
  device.check();
}

async function checkNan(backend: "wasm" | "webgpu"): Promise<void> {
  await startBackend(backend);
  // Both signs: that of a NaN that comes out of a computation depends on the processor.
  const sums = new Float32Array(new Uint32Array([0x7fc00000, 0xffc00000, 0x3f800000, 0]).buffer);
  for (const activation of ["linear", "relu", "tanh"] as const) {
    const nans = Array.from(await applied(sums, activation), Number.isNaN);
    assertEquals(nans, [true, true, false, false], activation);
  }
}

async function applied(sums: Float32Array, activation: Activation): Promise<Float32Array> {
  const result = tf.tidy(() =>
    biasActivation(tf.tensor4d(sums, [1, 1, sums.length, 1]), tf.zeros([1]), activation)
  );
  const values = await result.data() as Float32Array;
  result.dispose();
  return values;
}
