import * as tf from "@tensorflow/tfjs";
import type { Device } from "../device.ts";
import { registerWasmTrainingKernels } from "./register.ts";

/** The WASM heap addresses 32 bits, and one tensor needs room beside others. */
const MAX_TENSOR_BYTES = 2 ** 31 - 1;

/** How users know this device. */
export const WASM_DESCRIPTION = "CPU (WASM SIMD)";

/**
 * Starts the WASM backend with our training kernels.
 * @throws {Error} When tfjs cannot load its WASM file, for instance without read permission.
 */
export async function startWasm(reason: string): Promise<Device> {
  await import("@tensorflow/tfjs-backend-wasm");
  if (!await tf.setBackend("wasm")) {
    throw new Error("Cannot start wasm: tfjs must be able to read its WASM file in node_modules");
  }
  registerWasmTrainingKernels();
  return {
    backend: "wasm",
    description: WASM_DESCRIPTION,
    reason,
    maxTensorBytes: MAX_TENSOR_BYTES,
    check: () => {},
    trim: () => {}, // one heap for all sizes, which cannot shrink
    lost: new Promise(() => {}),
    stop: () => {},
  };
}
