import * as tf from "@tensorflow/tfjs";
import { type KernelCall, registerOwnKernel } from "../own_kernels.ts";
import { composeSquaredNorm } from "../squared_norm.ts";
import { gpuTensor, releaseGpuTensor, runShader, type Shader } from "./shader.ts";

const GROUP_SIZE = 256;
/** Values that one invocation sums at most before there are more workgroups than one. */
const VALUES_EACH = 16;
/** Partial sums of a tensor at most: one workgroup then adds up those of all tensors. */
const MOST_GROUPS = 256;

/** Registers kernel `SquaredNorm`: an array of tensors to [1]. */
export function registerSquaredNorm(): void {
  const [kernelName, backendName] = ["SquaredNorm", "webgpu"] as const;
  registerOwnKernel({ kernelName, backendName, run: squaredNorm, compose: composeSquaredNorm });
}

/**
 * Sums the squares of all values of several tensors: a dispatch for each leaves partial sums, one
 * more adds them up. The order of the additions is fixed, so the result is the same in every run.
 * @returns Shape [1], on the GPU.
 */
function squaredNorm({ inputs }: KernelCall): tf.TensorInfo {
  const sizes = Object.values(inputs).map(({ shape }) => tf.util.sizeFromShape(shape));
  const groups = sizes.map((size) =>
    Math.min(MOST_GROUPS, Math.ceil(size / (GROUP_SIZE * VALUES_EACH)))
  );
  const partials = groups.reduce((sum, count) => sum + count, 0);
  const partial = gpuTensor([partials]);
  let offset = 0;
  for (const [i, tensor] of Object.values(inputs).entries()) {
    const uniforms = { size: sizes[i]!, offset };
    runShader(SUM_SQUARES, { buffers: [partial, tensor], uniforms, groups: [groups[i]!, 1, 1] });
    offset += groups[i]!;
  }
  const total = gpuTensor([1]);
  const uniforms = { size: partials, offset: 0 };
  runShader(SUM, { buffers: [total, partial], uniforms, groups: [1, 1, 1] });
  releaseGpuTensor(partial);
  return total;
}

const SUM_SQUARES = sumShader("SquaredNorm", "values[i] * values[i]");
const SUM = sumShader("SquaredNormTotal", "values[i]");

/** Each workgroup writes one sum, at its number behind the offset. */
function sumShader(name: string, summand: string): Shader {
  return {
    name,
    buffers: [
      { name: "sums", element: "f32", access: "read_write" },
      { name: "values", element: "f32", access: "read" },
    ],
    uniforms: { size: "u32", offset: "u32" },
    code: () => `
      var<workgroup> shares : array<f32, ${GROUP_SIZE}>;

      @compute @workgroup_size(${GROUP_SIZE})
      fn main(
        @builtin(workgroup_id) group : vec3<u32>,
        @builtin(num_workgroups) groups : vec3<u32>,
        @builtin(local_invocation_index) local : u32,
      ) {
        var share = 0.0;
        let step = groups.x * ${GROUP_SIZE}u;
        for (var i = group.x * ${GROUP_SIZE}u + local; i < uniforms.size; i += step) {
          share += ${summand};
        }
        shares[local] = share;
        for (var half = ${GROUP_SIZE / 2}u; half > 0u; half /= 2u) {
          workgroupBarrier();
          if (local < half) { shares[local] += shares[local + half]; }
        }
        if (local == 0u) { sums[uniforms.offset + group.x] = shares[0]; }
      }`,
  };
}
