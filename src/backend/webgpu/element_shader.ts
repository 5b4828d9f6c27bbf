import type * as tf from "@tensorflow/tfjs";
import { linearGroups, runShader, type Shader, type ShaderBuffer } from "./shader.ts";

/** What runs once for each element of a tensor. */
export interface ElementShader {
  /** How profiles name the shader. */
  name: string;
  /** Tells apart shaders of one name whose text differs. */
  variant?: string;
  /** The first one is an output. */
  buffers: ShaderBuffer[];
  uniforms?: Shader["uniforms"];
  /** WGSL of `fn element(at : u32)`, for the element's place in its tensor. */
  code: string;
}

const WORKGROUP = 256;

/** Runs a shader for places 0..size - 1. */
export function runElements(
  shader: ElementShader,
  { size, buffers, uniforms }: {
    size: number;
    buffers: tf.TensorInfo[];
    uniforms?: Record<string, number>;
  },
): void {
  runShader({
    ...shader,
    uniforms: { size: "u32", ...shader.uniforms },
    code: () => `
      ${shader.code}

      @compute @workgroup_size(${WORKGROUP})
      fn main(@builtin(workgroup_id) group : vec3<u32>,
              @builtin(num_workgroups) groups : vec3<u32>,
              @builtin(local_invocation_index) local : u32) {
        let at = (group.y * groups.x + group.x) * ${WORKGROUP}u + local;
        if (at < uniforms.size) { element(at); }
      }`,
  }, { buffers, uniforms: { size, ...uniforms }, groups: linearGroups(size, WORKGROUP) });
}

/** A tensor that a shader writes. */
export function writes(name: string): ShaderBuffer {
  return { name, element: "f32", access: "read_write" };
}

/** Tensors that a shader reads. */
export function reads(...names: string[]): ShaderBuffer[] {
  return names.map((name) => ({ name, element: "f32", access: "read" }));
}

/** Elements of a tensor. */
export function sizeOf({ shape }: tf.TensorInfo): number {
  return shape.reduce((product, side) => product * side, 1);
}
