import { registerWebgpuLayerKernels } from "./layer_kernels.ts";
import { registerAdamStep } from "./adam_step.ts";
import { registerSoftCrossEntropy } from "./soft_cross_entropy.ts";
import { registerSquaredNorm } from "./squared_norm.ts";

/** Registers our kernels with tfjs' WebGPU backend. Calling it again changes nothing. */
export function registerWebgpuKernels(): void {
  registerWebgpuLayerKernels();
  registerAdamStep();
  registerSoftCrossEntropy();
  registerSquaredNorm();
}
