import * as tf from "@tensorflow/tfjs";

/** Milliseconds that each kernel took, the longest first. */
export type KernelTimes = [kernel: string, durationMs: number][];

/**
 * Starts to time the kernels of the current backend: on webgpu each shader by timestamps, on wasm
 * each kernel of the registry by the clock, without those that it calls itself.
 * @returns Ends it and gives the sums. Training is slower in between: shaders no longer overlap.
 */
export function timeKernels(): () => Promise<KernelTimes> {
  return tf.getBackend() === "webgpu" ? timeShaders() : timeRegistry(tf.getBackend());
}

/** What tfjs' own `time` sets for a synchronous function; a training step is not one. */
interface TimingBackend {
  activeTimers: { name: string; query: Promise<number> | number }[] | null;
}

function timeShaders(): () => Promise<KernelTimes> {
  const backend = tf.backend() as unknown as TimingBackend;
  const timers: NonNullable<TimingBackend["activeTimers"]> = [];
  backend.activeTimers = timers;
  return async () => {
    backend.activeTimers = null;
    const sums = new Map<string, number>();
    for (const { name, query } of timers) sums.set(name, (sums.get(name) ?? 0) + await query);
    return sorted(sums);
  };
}

function timeRegistry(backendName: string): () => Promise<KernelTimes> {
  const sums = new Map<string, number>();
  const kernels = tf.getKernelsForBackend(backendName);
  const untimed = kernels.map(({ kernelFunc }) => kernelFunc);
  let calledMs = 0; // in kernels that the present one has called
  for (const kernel of kernels) {
    const { kernelName, kernelFunc } = kernel;
    kernel.kernelFunc = (call) => {
      const before = calledMs;
      calledMs = 0;
      const startMs = performance.now();
      try {
        return kernelFunc(call);
      } finally {
        const durationMs = performance.now() - startMs;
        sums.set(kernelName, (sums.get(kernelName) ?? 0) + durationMs - calledMs);
        calledMs = before + durationMs;
      }
    };
  }
  return () => {
    for (const [i, kernel] of kernels.entries()) kernel.kernelFunc = untimed[i]!;
    return Promise.resolve(sorted(sums));
  };
}

function sorted(sums: Map<string, number>): KernelTimes {
  return [...sums].sort(([, one], [, other]) => other - one);
}
