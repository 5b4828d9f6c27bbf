import * as tf from "@tensorflow/tfjs";
import {
  type AdamStepAttributes,
  adamStepCall,
  CLIP_EPSILON,
  composeAdamStep,
} from "../adam_step.ts";
import { ownData } from "../own_data.ts";
import { type KernelCall, registerOwnKernel } from "../own_kernels.ts";
import { linearGroups, runShader, type Shader } from "./shader.ts";

const GROUP_SIZE = 256;

/** Registers kernel `AdamStep`, which changes variables and returns nothing. */
export function registerAdamStep(): void {
  const [kernelName, backendName] = ["AdamStep", "webgpu"] as const;
  registerOwnKernel({ kernelName, backendName, run: adamStep, compose: composeAdamStep });
}

/** Takes a step of Adam in place: one dispatch, which reads the clipping norm from the device. */
function adamStep(call: KernelCall): tf.TensorInfo[] {
  const { tensors, numbers } = adamStepCall(call);
  const { weight, first, second, gradient, average, squaredNorm } = tensors;
  const changed = [weight, first, second, ...(average ? [average] : [])];
  changed.forEach(ownData);
  const size = tf.util.sizeFromShape(weight.shape);
  runShader(adamShader({ keepsAverage: !!average, clips: !!squaredNorm }), {
    buffers: [...changed, gradient, ...(squaredNorm ? [squaredNorm] : [])],
    uniforms: { size, ...uniformsOf(numbers) },
    groups: linearGroups(size, GROUP_SIZE),
  });
  return [];
}

/** Differences from 1 are taken in double precision here: 1 - 0.999 would lose half its digits. */
function uniformsOf({ beta1, beta2, emaDecay, ...numbers }: AdamStepAttributes) {
  return { ...numbers, beta1, fresh1: 1 - beta1, beta2, fresh2: 1 - beta2, emaFresh: 1 - emaDecay };
}

function adamShader(
  { keepsAverage, clips }: { keepsAverage: boolean; clips: boolean },
): Shader {
  const changed = ["weight", "first", "second", ...(keepsAverage ? ["average"] : [])];
  const read = ["gradient", ...(clips ? ["squaredNorm"] : [])];
  return {
    name: "AdamStep",
    variant: `${keepsAverage} ${clips}`,
    buffers: [
      ...changed.map((name) => ({ name, element: "f32", access: "read_write" } as const)),
      ...read.map((name) => ({ name, element: "f32", access: "read" } as const)),
    ],
    uniforms: {
      size: "u32",
      stepSize: "f32",
      correction2: "f32",
      beta1: "f32",
      fresh1: "f32",
      beta2: "f32",
      fresh2: "f32",
      epsilon: "f32",
      decay: "f32",
      clipNorm: "f32",
      emaFresh: "f32",
    },
    code: () => adamCode({ keepsAverage, clips }),
  };
}

function adamCode({ keepsAverage, clips }: { keepsAverage: boolean; clips: boolean }): string {
  const factor = clips
    ? `min(1.0, uniforms.clipNorm / (sqrt(squaredNorm[0]) + ${CLIP_EPSILON}))`
    : "1.0";
  const moveAverage = keepsAverage
    ? "average[i] += uniforms.emaFresh * (weight[i] - average[i]);"
    : "";
  return `
    @compute @workgroup_size(${GROUP_SIZE})
    fn main(
      @builtin(workgroup_id) group : vec3<u32>,
      @builtin(num_workgroups) groups : vec3<u32>,
      @builtin(local_invocation_index) local : u32,
    ) {
      let i = (group.y * groups.x + group.x) * ${GROUP_SIZE}u + local;
      if (i >= uniforms.size) { return; }
      let slope = gradient[i] * ${factor};
      let m = uniforms.beta1 * first[i] + uniforms.fresh1 * slope;
      let v = uniforms.beta2 * second[i] + uniforms.fresh2 * slope * slope;
      first[i] = m;
      second[i] = v;
      let deviation = sqrt(v / uniforms.correction2) + uniforms.epsilon;
      weight[i] -= uniforms.decay * weight[i] + uniforms.stepSize * m / deviation;
      ${moveAverage}
    }`;
}
