import { assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { startBackend } from "../../../src/backend/start.ts";
import { webgpuTest } from "../../webgpu.ts";

webgpuTest(
  "fits() tells what exceeds the device's limits, and nobody else hears of it",
  async () => {
    const device = await startBackend("webgpu");
    const gpu = (tf.backend() as WebGPUBackend).device;
    const allocate = (size: number) => async () => {
      gpu.createBuffer({ size, usage: GPUBufferUsage.STORAGE }).destroy();
      await gpu.queue.onSubmittedWorkDone();
    };
    assertEquals(await device.fits(allocate(1024)), true);
    assertEquals(await device.fits(allocate(gpu.limits.maxBufferSize + 4)), false);
    assertEquals(await device.fits(allocate(1024)), true);
    device.check();
    device.stop();
  },
  { sends: false },
);

webgpuTest("fits() throws what is no matter of the device", async () => {
  const device = await startBackend("webgpu");
  const work = () => Promise.reject(new TypeError("no such image"));
  await assertRejects(() => device.fits(work), TypeError, "no such image");
  device.check();
  device.stop();
}, { sends: false });
