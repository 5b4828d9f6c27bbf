import { type LayerKernels, registerLayerKernels } from "../layer_compositions.ts";
import {
  batchNormGradient,
  batchNormGradientSums,
  batchNormMoving,
  batchNormNormalize,
  batchNormSquares,
} from "./batch_norm.ts";
import { biasActivation, biasActivationGradient } from "./bias_activation.ts";
import { seededDropout } from "./seeded_dropout.ts";
import { upsampledKernel, upsampledKernelGradient } from "./upsampled_kernel.ts";

const KERNELS: LayerKernels = {
  BiasActivation: biasActivation,
  BiasActivationGradient: biasActivationGradient,
  BatchNormSquares: batchNormSquares,
  BatchNormNormalize: batchNormNormalize,
  BatchNormMoving: batchNormMoving,
  BatchNormGradientSums: batchNormGradientSums,
  BatchNormGradient: batchNormGradient,
  SeededDropout: seededDropout,
  UpsampledKernel: upsampledKernel,
  UpsampledKernelGradient: upsampledKernelGradient,
};

/** Registers the kernels of our layers with tfjs' WebGPU backend. */
export function registerWebgpuLayerKernels(): void {
  registerLayerKernels("webgpu", KERNELS);
}
