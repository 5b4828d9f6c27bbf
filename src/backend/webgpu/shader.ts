import * as tf from "@tensorflow/tfjs";

/** A storage buffer of a shader: what it holds, and whether the shader writes it. */
export interface ShaderBuffer {
  name: string;
  element: "f32" | "vec2<f32>" | "vec4<f32>" | "u32" | "i32";
  access: "read" | "read_write";
}

/** A compute shader and what it is given. */
export interface Shader {
  /** How profiles name it. */
  name: string;
  /** Tells apart shaders of one name whose text differs. */
  variant?: string;
  /** The first one is an output; others may be outputs too, or change in place. */
  buffers: ShaderBuffer[];
  /** Fields of `uniforms`, with their WGSL types, in the order of their values. */
  uniforms: Record<string, "f32" | "i32" | "u32" | "vec2<i32>" | "vec4<i32>">;
  /** WGSL with `@compute fn main`; buffers and `uniforms` are declared for it. */
  code(): string;
}

/** One run of a shader. */
export interface ShaderRun {
  /** Tensors behind the buffers, in their order. */
  buffers: tf.TensorInfo[];
  /** Values of the uniforms, by name. */
  uniforms: Record<string, number | number[]>;
  /** Workgroups in x, y and z. */
  groups: [number, number, number];
}

/**
 * Runs a shader within tfjs' own command stream, so that its order, its submits and its timing are
 * those of tfjs' kernels. Unlike tfjs' programs it may write several tensors, and in place.
 */
export function runShader(shader: Shader, { buffers, uniforms, groups }: ShaderRun): void {
  const backend = gpuBackend();
  for (const [i, tensor] of buffers.entries()) {
    backend.uploadToGPU(tensor.dataId);
    // What the shader changes must not be read from a copy that the CPU kept.
    if (shader.buffers[i]!.access === "read_write") {
      backend.tensorMap.get(tensor.dataId).values = null;
    }
  }
  const [output, ...others] = buffers as [tf.TensorInfo, ...tf.TensorInfo[]];
  const program = {
    pipeline: pipelineOf(backend.device, shader),
    dispatch: groups,
    // Spares the shapes of all tensors as uniforms: this kind gets the output's strides alone.
    pixelsOpType: 0,
    constructor: { name: shader.name },
  };
  const values = Object.entries(shader.uniforms).map(([name, type]) => ({
    type: /f32/.test(type) ? "float32" : /u32/.test(type) ? "uint32" : "int32",
    data: [uniforms[name]!].flat(),
  }));
  backend.recordAndSubmit(program, { ...output, shape: [1] }, others, values);
}

/** A new float32 tensor on the GPU for a shader to write: its memory holds anything. */
export function gpuTensor(shape: number[]): tf.TensorInfo {
  return gpuBackend().makeTensorInfo(shape, "float32");
}

/** Gives an intermediate tensor's memory back once the commands so far have run. */
export function releaseGpuTensor({ dataId }: tf.TensorInfo): void {
  gpuBackend().disposeData(dataId);
}

/** The device's limits, for choosing workgroups. */
export function gpuLimits(): GPUSupportedLimits {
  return gpuBackend().device.limits;
}

/**
 * Workgroups for `count` invocations in a row; x alone reaches 65,535 on many devices, so the
 * shader's index is `(group.y * groups.x + group.x) * size + local`.
 */
export function linearGroups(count: number, size: number): [number, number, number] {
  const groups = Math.ceil(count / size);
  const across = Math.min(groups, 32768);
  return [across, Math.ceil(groups / across), 1];
}

/** What tfjs' backend offers to its own kernels. */
interface GpuBackend {
  device: GPUDevice;
  tensorMap: { get(dataId: object): { values: unknown } };
  uploadToGPU(dataId: object): void;
  makeTensorInfo(shape: number[], dtype: "float32"): tf.TensorInfo;
  disposeData(dataId: object): void;
  recordAndSubmit(
    program: unknown,
    output: tf.TensorInfo,
    inputs: tf.TensorInfo[],
    uniforms: { type: string; data: number[] }[],
  ): void;
}

function gpuBackend(): GpuBackend {
  return tf.backend() as unknown as GpuBackend;
}

const pipelines = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

function pipelineOf(device: GPUDevice, shader: Shader): GPUComputePipeline {
  const known = pipelines.get(device) ?? new Map<string, GPUComputePipeline>();
  pipelines.set(device, known);
  const key = `${shader.name} ${shader.variant ?? ""}`;
  const pipeline = known.get(key) ?? compile(device, shader);
  known.set(key, pipeline);
  return pipeline;
}

function compile(device: GPUDevice, shader: Shader): GPUComputePipeline {
  const uniformBinding = shader.buffers.length;
  const storage = ({ access }: ShaderBuffer): GPUBufferBindingType =>
    access === "read" ? "read-only-storage" : "storage";
  const types: GPUBufferBindingType[] = [...shader.buffers.map(storage), "uniform"];
  const layout = device.createBindGroupLayout({
    entries: types.map((type, binding) => ({ binding, visibility: 4, buffer: { type } })),
  });
  const code = [
    ...shader.buffers.map(({ name, element, access }, binding) =>
      `@group(0) @binding(${binding}) var<storage, ${access}> ${name} : array<${element}>;`
    ),
    "struct Uniforms {",
    "  outputStride : i32, // of no use: tfjs puts it there",
    ...Object.entries(shader.uniforms).map(([name, type]) => `  ${name} : ${type},`),
    "}",
    `@group(0) @binding(${uniformBinding}) var<uniform> uniforms : Uniforms;`,
    shader.code(),
  ].join("\n");
  return device.createComputePipeline({
    label: shader.name,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: {
      module: device.createShaderModule({ code, label: shader.name }),
      entryPoint: "main",
    },
  });
}
