import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { trimBufferPool } from "../../../src/backend/webgpu/buffer_pool.ts";
import { webgpuTest } from "../../webgpu.ts";

webgpuTest("trimBufferPool() frees what no tensor uses, and kernels go on", async () => {
  const device = await startBackend("webgpu");
  const kept = tf.relu(tf.linspace(-1, 1, 5000));
  for (let size = 2000; size < 2040; size++) await squares(size);
  const full = gpuBytes();
  assert(full.allocated - full.used > 40 * 2000 * 4, JSON.stringify(full));
  trimBufferPool({ keepBytes: full.allocated }); // little enough to keep
  assertEquals(gpuBytes(), full);
  trimBufferPool({ keepBytes: 0 });
  assertEquals(gpuBytes(), { allocated: full.used, used: full.used });
  // Sizes that were freed, and a tensor that was alive meanwhile.
  assertEquals((await squares(2039))[2038], 2038 ** 2);
  assertEquals((await kept.data())[4999], 1);
  kept.dispose();
  await squares(5000);
  trimBufferPool({ keepBytes: 0 });
  device.check();
  device.stop();
});

webgpuTest("Device.trim() keeps some megabytes for the next step, and no more", async () => {
  const device = await startBackend("webgpu");
  await squares(1e5);
  const small = gpuBytes();
  device.trim();
  assertEquals(gpuBytes(), small);
  await squares(2e7);
  device.trim();
  assertEquals(gpuBytes(), { allocated: 0, used: 0 });
  device.check();
  device.stop();
});

async function squares(size: number): Promise<Float32Array> {
  const result = tf.tidy(() => tf.square(tf.range(0, size)));
  const values = await result.data() as Float32Array;
  result.dispose();
  return values;
}

function gpuBytes(): { allocated: number; used: number } {
  const memory = tf.memory() as tf.MemoryInfo & Record<string, number>;
  return { allocated: memory.numBytesAllocatedInGPU!, used: memory.numBytesInGPU! };
}
