import type * as tf from "@tensorflow/tfjs";
import { registerOwnKernel } from "../own_kernels.ts";
import { runElements } from "./element_shader.ts";
import { gpuTensor } from "./shader.ts";

/**
 * Registers `RgbToLab`: 8-bit sRGB to CIE L*a*b*, so that a quarter of the bytes is uploaded, and
 * nothing converted beside training.
 * Input `rgb`: interleaved R, G, B, four bytes to each whole number, the first one lowest.
 * Attributes: `shape` [N, H, W], and `abScale` that a* and b* are divided by.
 * Outputs: L* in 0..100, shape [N, H, W, 1], and scaled a*, b*, shape [N, H, W, 2], within 0.01 of
 * what `src/color` gives.
 */
export function registerRgbToLab(): void {
  registerOwnKernel({
    kernelName: "RgbToLab",
    backendName: "webgpu",
    run: ({ inputs, attributes }) => rgbToLab(inputs.rgb!, attributes as unknown as Attributes),
  });
}

interface Attributes {
  shape: [number, number, number];
  abScale: number;
}

function rgbToLab(rgb: tf.TensorInfo, { shape, abScale }: Attributes): tf.TensorInfo[] {
  const lightness = gpuTensor([...shape, 1]);
  const ab = gpuTensor([...shape, 2]);
  runElements({
    name: "RgbToLab",
    buffers: [
      { name: "lightness", element: "f32", access: "read_write" },
      { name: "ab", element: "vec2<f32>", access: "read_write" },
      { name: "rgb", element: "u32", access: "read" },
    ],
    uniforms: { abScale: "f32" },
    code: CODE,
  }, {
    size: shape[0] * shape[1] * shape[2],
    buffers: [lightness, ab, rgb],
    uniforms: { abScale },
  });
  return [lightness, ab];
}

/** @see src/color/lab_formula.ts and src/color/srgb.ts, the same formulas with their sources. */
const CODE = `
  fn linearOfByte(at : u32) -> f32 {
    let byte = (rgb[at / 4u] >> (8u * (at % 4u))) & 255u;
    let encoded = f32(byte) / 255.0;
    let curve = pow((encoded + 0.055) / 1.055, 2.4);
    return select(encoded / 12.92, curve, encoded > 0.04045);
  }

  fn compress(t : f32) -> f32 {
    let estimate = pow(max(t, 0.008856), 1.0 / 3.0);
    // A step of Newton's method: the precision of pow differs between devices.
    let root = estimate - (estimate - t / (estimate * estimate)) / 3.0;
    return select(7.787 * t + 16.0 / 116.0, root, t > 0.008856);
  }

  fn element(at : u32) {
    let linear = vec3<f32>(
      linearOfByte(3u * at), linearOfByte(3u * at + 1u), linearOfByte(3u * at + 2u));
    let fx = compress(dot(vec3<f32>(0.412453, 0.357580, 0.180423), linear) / 0.95047);
    let fy = compress(dot(vec3<f32>(0.212671, 0.715160, 0.072169), linear));
    let fz = compress(dot(vec3<f32>(0.019334, 0.119193, 0.950227), linear) / 1.08883);
    lightness[at] = 116.0 * fy - 16.0;
    ab[at] = vec2<f32>(500.0 * (fx - fy), 200.0 * (fy - fz)) / uniforms.abScale;
  }`;
