import { registerEdgeAwareMean } from "../edge_aware_mean.ts";
import { registerUpsampledConv } from "../upsampled_conv.ts";
import { registerAdamStep } from "./adam_step.ts";
import { registerConvKernels } from "./conv_kernels.ts";
import { registerWebgpuLayerKernels } from "./layer_kernels.ts";
import { edgeAwareMean } from "./edge_aware_mean.ts";
import { registerMovingAverage } from "./moving_average.ts";
import { registerRgbToLab } from "./rgb_to_lab.ts";
import { registerSoftCrossEntropy } from "./soft_cross_entropy.ts";
import { registerSquaredNorm } from "./squared_norm.ts";
import { registerSum } from "./sum.ts";

/** Registers our kernels with tfjs' WebGPU backend. Calling it again changes nothing. */
export function registerWebgpuKernels(): void {
  registerSum();
  registerWebgpuLayerKernels();
  registerConvKernels();
  registerUpsampledConv("webgpu");
  registerAdamStep();
  registerRgbToLab();
  registerMovingAverage();
  registerSoftCrossEntropy();
  registerSquaredNorm();
  registerEdgeAwareMean("webgpu", edgeAwareMean);
}
