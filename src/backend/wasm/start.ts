import * as tf from "@tensorflow/tfjs";
import type { Device } from "../device.ts";
import { watchDisposals } from "./packed_kernels.ts";
import { registerWasmTrainingKernels } from "./register.ts";
import { loadSimdKernels } from "./simd_kernels.ts";

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
  const memory = await memoryOf(async () => {
    if (!await tf.setBackend("wasm")) {
      throw new Error("Cannot start wasm: tfjs must be able to read its WASM file in node_modules");
    }
  });
  if (memory) await loadSimdKernels(memory);
  registerWasmTrainingKernels();
  watchDisposals();
  return {
    backend: "wasm",
    description: WASM_DESCRIPTION,
    reason,
    maxTensorBytes: MAX_TENSOR_BYTES,
    check: () => {},
    fits: async (work) => {
      await work();
      return true;
    },
    trim: () => {}, // one heap for all sizes, which cannot shrink
    lost: new Promise(() => {}),
    stop: () => {},
  };
}

/**
 * The memory of the WASM module that `start` instantiates: tfjs keeps it to itself, and our kernels
 * work on the tensors in it. Undefined when tfjs has started already.
 */
async function memoryOf(start: () => Promise<void>): Promise<WebAssembly.Memory | undefined> {
  const { instantiate } = WebAssembly;
  let memory: WebAssembly.Memory | undefined;
  WebAssembly.instantiate = (async (...call: Parameters<typeof instantiate>) => {
    const result = await instantiate(...call);
    const { exports } = (result as unknown as WebAssembly.WebAssemblyInstantiatedSource).instance;
    memory ??= Object.values(exports).find((item) => item instanceof WebAssembly.Memory);
    return result;
  }) as typeof instantiate;
  try {
    await start();
  } finally {
    WebAssembly.instantiate = instantiate;
  }
  return memory;
}
