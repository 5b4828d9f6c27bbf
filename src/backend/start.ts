import * as tf from "@tensorflow/tfjs";
import type { Device } from "./device.ts";
import { startWasm } from "./wasm/start.ts";
import { requestAdapter, startWebgpu } from "./webgpu/start.ts";

export type { Device } from "./device.ts";

/** What a user may ask for. */
export const BACKEND_CHOICES = ["auto", "webgpu", "wasm"] as const;
export type BackendChoice = typeof BACKEND_CHOICES[number];

/**
 * Starts the backend that tfjs runs on from now on. `auto` takes WebGPU when there is a hardware
 * adapter, else WASM: a software adapter is slower than WASM.
 * @throws {Error} When the backend asked for cannot start; it never falls back to another one.
 */
export async function startBackend(choice: BackendChoice): Promise<Device> {
  tf.enableProdMode();
  if (choice === "wasm") return await startWasm("asked for");
  const adapter = await requestAdapter();
  if (choice === "webgpu") {
    if (!adapter) throw new Error("Cannot start webgpu: a WebGPU adapter is needed, found none");
    return await startWebgpu(adapter, "asked for");
  }
  if (!adapter) return await startWasm("there is no WebGPU adapter");
  const name = adapter.info.description || adapter.info.vendor;
  if (adapter.info.isFallbackAdapter) {
    return await startWasm(`the only WebGPU adapter is software (${name}), slower than WASM`);
  }
  return await startWebgpu(adapter, "a hardware WebGPU adapter was found");
}
