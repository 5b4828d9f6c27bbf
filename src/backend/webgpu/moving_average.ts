import * as tf from "@tensorflow/tfjs";
import { composeMovingAverage, movingAverageCall } from "../moving_average.ts";
import { type KernelCall, registerOwnKernel } from "../own_kernels.ts";
import { ownData } from "../own_data.ts";
import { linearGroups, runShader, type Shader } from "./shader.ts";

const GROUP_SIZE = 64;

/** Registers kernel `MovingAverage`, which changes a variable and returns nothing. */
export function registerMovingAverage(): void {
  const [kernelName, backendName] = ["MovingAverage", "webgpu"] as const;
  registerOwnKernel({ kernelName, backendName, run: movingAverage, compose: composeMovingAverage });
}

function movingAverage(call: KernelCall): tf.TensorInfo[] {
  const { average, value, decay } = movingAverageCall(call);
  ownData(average);
  const size = tf.util.sizeFromShape(average.shape);
  runShader(SHADER, {
    buffers: [average, value],
    uniforms: { size, fresh: 1 - decay },
    groups: linearGroups(size, GROUP_SIZE),
  });
  return [];
}

const SHADER: Shader = {
  name: "MovingAverage",
  buffers: [
    { name: "average", element: "f32", access: "read_write" },
    { name: "value", element: "f32", access: "read" },
  ],
  uniforms: { size: "u32", fresh: "f32" },
  code: () => `
    @compute @workgroup_size(${GROUP_SIZE})
    fn main(
      @builtin(workgroup_id) group : vec3<u32>,
      @builtin(num_workgroups) groups : vec3<u32>,
      @builtin(local_invocation_index) local : u32,
    ) {
      let i = (group.y * groups.x + group.x) * ${GROUP_SIZE}u + local;
      if (i < uniforms.size) { average[i] += uniforms.fresh * (value[i] - average[i]); }
    }`,
};
