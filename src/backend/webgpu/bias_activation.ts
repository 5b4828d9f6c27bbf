import type * as tf from "@tensorflow/tfjs";
import { columnSums, type ColumnTerm } from "./column_sums.ts";
import { gpuTensor, linearGroups, runShader, type Shader } from "./shader.ts";

/** What follows a convolution's sums. */
export type Activation = "linear" | "relu" | "tanh";

const WORKGROUP = 256;

/** y for `sum`; tanh in a range where no device overflows, and where it is 1 in single precision. */
const VALUES: Record<Activation, string> = {
  linear: "sum",
  relu: "max(sum, 0.0)",
  tanh: "tanh(clamp(sum, -15.0, 15.0))",
};

/** dy/dsum, given `y`. */
const SLOPES: Record<Exclude<Activation, "linear">, string> = {
  relu: "select(0.0, 1.0, y > 0.0)",
  tanh: "1.0 - y * y",
};

/** activation(sums + bias). @param sums [.., C]. @param bias [C]. */
export function biasActivation(
  sums: tf.TensorInfo,
  bias: tf.TensorInfo,
  activation: Activation,
): tf.TensorInfo {
  const result = gpuTensor(sums.shape);
  const size = sizeOf(sums);
  const groups = linearGroups(size, WORKGROUP);
  const uniforms = { size, channels: sizeOf(bias) };
  runShader(biasShader(activation), { buffers: [result, sums, bias], uniforms, groups });
  return result;
}

function biasShader(activation: Activation): Shader {
  return {
    name: "BiasActivation",
    variant: activation,
    buffers: [
      { name: "result", element: "f32", access: "read_write" },
      { name: "sums", element: "f32", access: "read" },
      { name: "bias", element: "f32", access: "read" },
    ],
    uniforms: { size: "u32", channels: "u32" },
    code: () => `
      @compute @workgroup_size(${WORKGROUP})
      fn main(@builtin(workgroup_id) group : vec3<u32>,
              @builtin(num_workgroups) groups : vec3<u32>,
              @builtin(local_invocation_index) local : u32) {
        let at = (group.y * groups.x + group.x) * ${WORKGROUP}u + local;
        if (at >= uniforms.size) { return; }
        let sum = sums[at] + bias[at % uniforms.channels];
        result[at] = ${VALUES[activation]};
      }`,
  };
}

/**
 * Gradients of the sums and of the bias: one pass writes the former and sums up the latter.
 * @param dy Gradient of the result y, [.., C].
 * @returns [.., C] and [C].
 */
export function biasActivationGradient(
  dy: tf.TensorInfo,
  y: tf.TensorInfo,
  activation: Exclude<Activation, "linear">,
): [tf.TensorInfo, tf.TensorInfo] {
  const dSums = gpuTensor(y.shape);
  const columns = y.shape.at(-1)!;
  const dBias = columnSums(gradientTerm(activation), {
    rows: sizeOf(y) / columns,
    columns,
    buffers: [dSums, dy, y],
  });
  return [dSums, dBias];
}

function gradientTerm(activation: Exclude<Activation, "linear">): ColumnTerm {
  return {
    name: "BiasActivationGradient",
    variant: activation,
    buffers: [
      { name: "dSums", element: "f32", access: "read_write" },
      { name: "dy", element: "f32", access: "read" },
      { name: "values", element: "f32", access: "read" },
    ],
    code: `
      fn term(at : u32, column : u32) -> Sum {
        let y = values[at];
        let gradient = dy[at] * (${SLOPES[activation]});
        dSums[at] = gradient;
        return gradient;
      }`,
  };
}

function sizeOf({ shape }: tf.TensorInfo): number {
  return shape.reduce((product, side) => product * side, 1);
}
