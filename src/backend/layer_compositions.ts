import * as tf from "@tensorflow/tfjs";
import { type KernelCall, type OwnKernel, registerOwnKernel } from "./own_kernels.ts";

type Inputs = Record<string, tf.Tensor>;
type Composition = (call: KernelCall) => tf.Tensor | tf.Tensor[];

/**
 * What our layers' kernels mean in tfjs' own operations: they run when tfjs' kernels were chosen.
 * Shapes and attributes are those of the kernels.
 */
const COMPOSITIONS = {
  BiasActivation: ({ inputs, attributes }) => {
    const { sums, bias } = inputs as Inputs;
    return tf.tidy(() => activate(tf.add(sums!, bias!), attributes.activation));
  },
  BiasActivationGradient: ({ inputs, attributes }) => {
    const { dy, y } = inputs as Inputs;
    return tf.tidy(() => {
      const tanh = attributes.activation === "tanh";
      const slope = tanh ? tf.sub(1, tf.square(y!)) : tf.step(y!);
      const dSums = tf.mul(dy!, slope);
      return [dSums, tf.sum(dSums, leadingAxes(y!))];
    });
  },
} satisfies Record<string, Composition>;

/** How a backend runs each of them. */
export type LayerKernels = Record<keyof typeof COMPOSITIONS, OwnKernel["run"]>;

/** Registers a backend's kernels of our layers, with their compositions. */
export function registerLayerKernels(
  backendName: OwnKernel["backendName"],
  kernels: LayerKernels,
): void {
  for (const [name, compose] of Object.entries(COMPOSITIONS)) {
    const run = kernels[name as keyof LayerKernels];
    registerOwnKernel({ kernelName: name, backendName, run, compose });
  }
}

function activate(values: tf.Tensor, activation: unknown): tf.Tensor {
  if (activation === "relu") return tf.relu(values);
  return activation === "tanh" ? tf.tanh(values) : values;
}

/** All axes but the channels. */
function leadingAxes({ shape }: tf.Tensor): number[] {
  return [...shape.keys()].slice(0, -1);
}
