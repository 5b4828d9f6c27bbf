import { registerWebgpuLayerKernels } from "./layer_kernels.ts";
import { registerSoftCrossEntropy } from "./soft_cross_entropy.ts";

/** Registers our kernels with tfjs' WebGPU backend. Calling it again changes nothing. */
export function registerWebgpuKernels(): void {
  registerWebgpuLayerKernels();
  registerSoftCrossEntropy();
}
