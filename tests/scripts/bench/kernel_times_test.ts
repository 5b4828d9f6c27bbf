import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { timeKernels } from "../../../scripts/bench/kernel_times.ts";
import { startBackend } from "../../../src/backend/start.ts";
import { webgpuTest } from "../../webgpu.ts";

Deno.test("timeKernels() times kernels on wasm, each without those that it calls", async () => {
  await startBackend("wasm");
  const [a, b] = [tf.ones([200, 300]) as tf.Tensor2D, tf.ones([200, 100]) as tf.Tensor2D];
  const startMs = performance.now();
  const stop = timeKernels();
  tf.matMul(a, b, true, false); // ours, which calls others
  const times = await stop();
  const wholeMs = performance.now() - startMs;
  const names = times.map(([name]) => name);
  assert(names.includes("BatchMatMul"), `${names}`);
  assert(times.every(([, ms], i) => i === 0 || ms <= times[i - 1]![1]), "longest first");
  const sumMs = times.reduce((sum, [, ms]) => sum + ms, 0);
  assert(sumMs > 0 && sumMs <= wholeMs, `${sumMs} of ${wholeMs} ms`);
  const kernels = tf.getKernelsForBackend("wasm").map(({ kernelFunc }) => kernelFunc);
  await timeKernels()();
  assertEquals(tf.getKernelsForBackend("wasm").map(({ kernelFunc }) => kernelFunc), kernels);
});

webgpuTest("timeKernels() times shaders on webgpu", async () => {
  const device = await startBackend("webgpu");
  const values = tf.ones([256, 256]) as tf.Tensor2D;
  await tf.square(values).data();
  const stop = timeKernels();
  const product = tf.matMul(tf.square(values), values);
  const times = await stop();
  assertEquals(times.length, 2, `${times}`);
  assert(times.every(([, ms]) => ms > 0 && ms < 10_000), `${times}`);
  await product.data();
  device.check();
  device.stop();
});
