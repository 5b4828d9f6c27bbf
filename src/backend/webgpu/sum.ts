import type * as tf from "@tensorflow/tfjs";
import { type KernelCall, registerOwnKernel } from "../own_kernels.ts";
import { columnSums, PLAIN_TERM } from "./column_sums.ts";
import { sizeOf } from "./element_shader.ts";

/** Workgroups of a side that every device offers. */
const MOST_GROUPS = 65535;

/** Puts our sum in front of tfjs' on WebGPU. */
export function registerSum(): void {
  registerOwnKernel({ kernelName: "Sum", backendName: "webgpu", run: sumLeadingAxes });
}

/**
 * Sums over leading axes, as gradients of biases do, or over all of them. The kernel of tfjs
 * transposes the whole tensor first, and sums each channel in one workgroup.
 * @returns Undefined for other axes.
 */
function sumLeadingAxes({ inputs, attributes }: KernelCall): tf.TensorInfo | undefined {
  const { x } = inputs as { x: tf.TensorInfo };
  const { axis, keepDims } = attributes as { axis?: number | number[]; keepDims?: boolean };
  const rank = x.shape.length;
  const axes = axis == null ? [...x.shape.keys()] : [axis].flat();
  const sorted = axes.map((at) => (at + rank) % rank).sort((a, b) => a - b);
  const shape = x.shape.slice(sorted.length);
  const columns = shape.reduce((product, side) => product * side, 1);
  const leading = sorted.length > 0 && sorted.every((at, i) => at === i);
  const fits = sizeOf(x) > 0 && columns <= MOST_GROUPS;
  if (!leading || !fits || keepDims || x.dtype !== "float32") return undefined;
  const sums = columnSums(PLAIN_TERM, { rows: sizeOf(x) / columns, columns, buffers: [x] });
  return { ...sums, shape };
}
