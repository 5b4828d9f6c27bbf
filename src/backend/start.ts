import * as tf from "@tensorflow/tfjs";
import type { Device } from "./device.ts";
import { chooseKernels, type KernelChoice } from "./own_kernels.ts";
import { startWasm, WASM_DESCRIPTION } from "./wasm/start.ts";
import { adapterName, requestAdapter, startWebgpu } from "./webgpu/start.ts";

export type { Device } from "./device.ts";
export { KERNEL_CHOICES, type KernelChoice } from "./own_kernels.ts";

/** What a user may ask for. */
export const BACKEND_CHOICES = ["auto", "webgpu", "wasm"] as const;
export type BackendChoice = typeof BACKEND_CHOICES[number];

/** A backend that can start, and why it is the one. */
export interface BackendPlan {
  backend: "webgpu" | "wasm";
  /** The adapter's name, or `CPU (WASM SIMD)`. */
  description: string;
  reason: string;
}

/**
 * Decides which backend a choice means on this machine, without starting it. `auto` takes WebGPU
 * when there is a hardware adapter, else WASM: a software adapter is slower than WASM.
 * @throws {Error} When the backend asked for is not there; it never falls back to another one.
 */
export async function planBackend(choice: BackendChoice): Promise<BackendPlan> {
  const wasm = (reason: string): BackendPlan => ({
    backend: "wasm",
    description: WASM_DESCRIPTION,
    reason,
  });
  if (choice === "wasm") return wasm("asked for");
  const adapter = await requestAdapter();
  if (!adapter) {
    if (choice === "auto") return wasm("there is no WebGPU adapter");
    throw new Error("Cannot start webgpu: a WebGPU adapter is needed, found none");
  }
  const description = adapterName(adapter);
  if (choice === "webgpu") return { backend: "webgpu", description, reason: "asked for" };
  if (adapter.info.isFallbackAdapter) {
    return wasm(`the only WebGPU adapter is software (${description}), slower than WASM`);
  }
  return { backend: "webgpu", description, reason: "a hardware WebGPU adapter was found" };
}

/**
 * Starts the backend that tfjs runs on from now on; `planBackend` tells which.
 * @param options.kernels Our kernels, or tfjs' own, to compare with.
 * @throws {Error} When the backend asked for cannot start; it never falls back to another one.
 */
export async function startBackend(
  choice: BackendChoice,
  { kernels = "ours" }: { kernels?: KernelChoice } = {},
): Promise<Device> {
  tf.enableProdMode();
  chooseKernels(kernels);
  const { backend, reason } = await planBackend(choice);
  return backend === "wasm" ? await startWasm(reason) : await startWebgpu(reason);
}
