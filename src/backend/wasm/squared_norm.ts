import type * as tf from "@tensorflow/tfjs";
import { type KernelCall, registerOwnKernel } from "../own_kernels.ts";
import { composeSquaredNorm } from "../squared_norm.ts";
import { heapTensor, heapView } from "./heap.ts";

/** Registers kernel `SquaredNorm`: an array of tensors to [1]. */
export function registerSquaredNorm(): void {
  const [kernelName, backendName] = ["SquaredNorm", "wasm"] as const;
  registerOwnKernel({ kernelName, backendName, run: squaredNorm, compose: composeSquaredNorm });
}

/** Sums the squares of all values of several tensors in double precision. @returns Shape [1]. */
function squaredNorm({ inputs }: KernelCall): tf.TensorInfo {
  let sum = 0;
  for (const tensor of Object.values(inputs)) {
    const values = heapView(tensor);
    for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  }
  const total = heapTensor([1]);
  heapView(total)[0] = sum;
  return total;
}
