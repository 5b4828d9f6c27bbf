import * as tf from "@tensorflow/tfjs";

/** Whether our kernels run, or tfjs' own (and compositions of them, where tfjs has none). */
export const KERNEL_CHOICES = ["ours", "builtin"] as const;
export type KernelChoice = typeof KERNEL_CHOICES[number];

/** A call of a kernel, as tfjs makes it. */
export interface KernelCall {
  inputs: Record<string, tf.TensorInfo>;
  attributes: Record<string, unknown>;
}

/** One of our kernels for one backend. */
export interface OwnKernel {
  /** A name of tfjs' own kernels, to stand before that one, or a new name. */
  kernelName: string;
  backendName: "webgpu" | "wasm";
  /** Runs the kernel; undefined leaves the call to tfjs' own kernel or the composition. */
  run(call: KernelCall): tf.TensorInfo | tf.TensorInfo[] | undefined;
  /** What a new name means in tfjs' own operations; needed where tfjs has no such kernel. */
  compose?(call: KernelCall): tf.TensorInfo | tf.TensorInfo[];
  /** Calls that tfjs' own kernel would compute wrongly: ours runs them, whatever was chosen. */
  oursAlone?(call: KernelCall): boolean;
}

let chosen: KernelChoice = "ours";
const registered = new Set<string>();

/** Chooses whose kernels run from now on, on every backend of this thread. */
export function chooseKernels(choice: KernelChoice): void {
  chosen = choice;
}

/** Puts a kernel into tfjs' registry, in front of what is there. Doing it again changes nothing. */
export function registerOwnKernel(kernel: OwnKernel): void {
  const { kernelName, backendName, run, compose, oursAlone } = kernel;
  const key = `${backendName} ${kernelName}`;
  if (registered.has(key)) return;
  registered.add(key);
  const builtIn = tf.getKernel(kernelName, backendName);
  if (builtIn) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    ...builtIn,
    kernelName,
    backendName,
    kernelFunc: (call) => {
      const inputs = call.inputs as unknown as KernelCall["inputs"];
      const ownCall = { inputs, attributes: (call.attrs ?? {}) as KernelCall["attributes"] };
      // Where tfjs has nothing, ours is all there is, whatever was chosen.
      const wanted = chosen === "ours" || !(builtIn || compose) || oursAlone?.(ownCall);
      const own = wanted ? run(ownCall) : undefined;
      if (own) return own;
      if (compose) return compose(ownCall);
      if (builtIn) return builtIn.kernelFunc(call);
      throw new TypeError(`Cannot run ${kernelName} on ${backendName}: this case has no kernel`);
    },
  });
}
