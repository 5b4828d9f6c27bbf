import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { webgpuTest } from "../../webgpu.ts";

webgpuTest("tensors of every type reach the device, without mapped buffers", async () => {
  const device = await startBackend("webgpu");
  using mapped = countMappedBuffers();
  const floats = tf.tensor1d(Float32Array.from({ length: 3000 }, (_, i) => i / 7));
  const integers = tf.tensor1d(Int32Array.from({ length: 3000 }, (_, i) => i - 1500));
  const booleans = tf.tensor1d(Array.from({ length: 3000 }, (_, i) => i % 3 === 0), "bool");
  const doubled = tf.add(floats, floats);
  const negative = tf.neg(integers);
  const chosen = tf.where(booleans, floats, tf.zerosLike(floats));
  const unmapped = mapped.count;
  assertEquals((await doubled.data()).at(-1), Math.fround(Math.fround(2999 / 7) * 2));
  assertEquals((await negative.data())[0], 1500);
  assertEquals((await chosen.data()).slice(0, 4), Float32Array.of(0, 0, 0, Math.fround(3 / 7)));
  assertEquals((await floats.data())[7], 1);
  assertEquals(unmapped, 0);
  device.check();
  device.stop();
});

webgpuTest(
  "a buffer that becomes free between two steps is not overwritten too early",
  async () => {
    const device = await startBackend("webgpu");
    const results: tf.Tensor[] = [];
    for (let i = 0; i < 40; i++) {
      // Each input is freed before the work that reads it is submitted.
      results.push(tf.tidy(() => tf.add(tf.fill([2000], i), tf.tensor1d(new Float32Array(2000)))));
      results.push(tf.tidy(() => tf.mul(tf.tensor1d(new Float32Array(2000).fill(i)), 2)));
    }
    for (const [i, result] of results.entries()) {
      const value = i % 2 === 0 ? i / 2 : i - 1;
      assertEquals(await result.data(), new Float32Array(2000).fill(value), `result ${i}`);
    }
    device.check();
    device.stop();
  },
);

/** Counts the buffers that are made mapped, until it is disposed. */
function countMappedBuffers(): Disposable & { count: number } {
  const { createBuffer } = GPUDevice.prototype;
  const counter = {
    count: 0,
    [Symbol.dispose]: () => void (GPUDevice.prototype.createBuffer = createBuffer),
  };
  GPUDevice.prototype.createBuffer = function (this: GPUDevice, descriptor) {
    if (descriptor.mappedAtCreation) counter.count++;
    return createBuffer.call(this, descriptor);
  };
  return counter;
}
