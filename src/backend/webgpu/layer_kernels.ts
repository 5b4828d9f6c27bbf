import { type LayerKernels, registerLayerKernels } from "../layer_compositions.ts";
import { type Activation, biasActivation, biasActivationGradient } from "./bias_activation.ts";

const KERNELS: LayerKernels = {
  BiasActivation: ({ inputs, attributes }) =>
    biasActivation(inputs.sums!, inputs.bias!, attributes.activation as Activation),
  BiasActivationGradient: ({ inputs, attributes }) => {
    const activation = attributes.activation as Exclude<Activation, "linear">;
    return biasActivationGradient(inputs.dy!, inputs.y!, activation);
  },
};

/** Registers the kernels of our layers with tfjs' WebGPU backend. */
export function registerWebgpuLayerKernels(): void {
  registerLayerKernels("webgpu", KERNELS);
}
