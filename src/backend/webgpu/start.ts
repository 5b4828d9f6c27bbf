import * as tf from "@tensorflow/tfjs";
import type { Device } from "../device.ts";
import { garbageCollector } from "../garbage.ts";
import { trimBufferPool } from "./buffer_pool.ts";
import { watchDevice } from "./device_errors.ts";
import { fitsOn } from "./fits_on.ts";
import { uploadThroughQueue } from "./queue_upload.ts";
import { registerWebgpuKernels } from "./register.ts";

/** The limits that tfjs' kernels profit from; the defaults are small. */
const RAISED_LIMITS = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const;

/** Dispatches in one submit; tfjs' 15 leave a fast device idle between submits. */
const DISPATCHES_PER_SUBMIT = 64;

/** Pictures after which garbage is collected: 40 dispatches each leave as much as 7 training steps. */
const COLLECT_EVERY_TRIMS = 100;

/** The device at hand. Lavapipe may crash at the end of a process that has not destroyed it. */
let running: GPUDevice | undefined;
addEventListener("unload", () => running?.destroy());

/** The adapter of the fastest device, or null when this machine has none. */
export async function requestAdapter(): Promise<GPUAdapter | null> {
  return await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" }) ?? null;
}

/** An adapter's name, for users. */
export function adapterName({ info }: GPUAdapter): string {
  return info.description || `WebGPU adapter of vendor ${info.vendor}`;
}

/**
 * Starts the WebGPU backend on a device of our own, whose errors are watched from its first moment.
 * @throws {Error} When there is no adapter, it gives no device, or tfjs cannot run on it.
 */
export async function startWebgpu(reason: string): Promise<Device> {
  const adapter = await requestAdapter();
  if (!adapter) throw new Error("Cannot start webgpu: a WebGPU adapter is needed, found none");
  const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
  const requiredLimits = Object.fromEntries(
    RAISED_LIMITS.map((name) => [name, adapter.limits[name]]),
  );
  const requiredFeatures: GPUFeatureName[] = adapter.features.has("timestamp-query")
    ? ["timestamp-query"]
    : [];
  const device = await adapter.requestDevice({ requiredLimits, requiredFeatures });
  const errors = watchDevice(device);
  running?.destroy();
  running = device;
  tf.removeBackend("webgpu");
  const startBackend = () => uploadThroughQueue(new WebGPUBackend(device, adapter.info));
  tf.registerBackend("webgpu", startBackend, 3);
  if (!await tf.setBackend("webgpu")) {
    throw new Error(`Cannot start webgpu: tfjs refused adapter ${adapterName(adapter)}`);
  }
  tf.env().set("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE", DISPATCHES_PER_SUBMIT);
  registerWebgpuKernels();
  const collect = garbageCollector({ everyCalls: COLLECT_EVERY_TRIMS });
  return {
    backend: "webgpu",
    description: adapterName(adapter),
    reason,
    maxTensorBytes: device.limits.maxStorageBufferBindingSize,
    ...errors,
    fits: (work) => fitsOn(device, work),
    trim: (options) => {
      trimBufferPool(options);
      collect();
    },
    stop: () => device.destroy(),
  };
}
