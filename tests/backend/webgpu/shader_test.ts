import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import {
  gpuTensor,
  linearGroups,
  runShader,
  type Shader,
} from "../../../src/backend/webgpu/shader.ts";
import { webgpuTest } from "../../webgpu.ts";

/** Writes twice the values elsewhere, and their negatives over them. */
const SHADER: Shader = {
  name: "Twice",
  buffers: [
    { name: "doubled", element: "f32", access: "read_write" },
    { name: "values", element: "f32", access: "read_write" },
  ],
  uniforms: { size: "u32", factor: "f32" },
  code: () => `
    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) id : vec3<u32>) {
      if (id.x >= uniforms.size) { return; }
      doubled[id.x] = uniforms.factor * values[id.x];
      values[id.x] = -values[id.x];
    }`,
};

webgpuTest("runShader() writes one tensor and changes another in place", async () => {
  using device = await startedDevice();
  const values = tf.tensor1d([1, -2, 3]);
  const twice = gpuTensor([3]);
  runShader(SHADER, {
    buffers: [twice, values],
    uniforms: { size: 3, factor: 2 },
    groups: linearGroups(3, 64),
  });
  const doubled = tf.engine().makeTensorFromTensorInfo(twice);
  assertEquals([...await doubled.data()], [2, -4, 6]);
  assertEquals([...await values.data()], [-1, 2, -3]);
  tf.dispose([doubled, values]);
  device.check();
});

Deno.test("linearGroups() covers every invocation within the limit of a side", () => {
  for (const [count, size] of [[1, 64], [64, 64], [65, 64], [10 ** 8, 64]] as const) {
    const [across, down, deep] = linearGroups(count, size);
    assertEquals(across * down * deep * size >= count, true);
    assertEquals(across <= 65535 && down <= 65535, true);
  }
});

async function startedDevice() {
  const device = await startBackend("webgpu");
  return Object.assign(device, { [Symbol.dispose]: () => device.stop() });
}
