import type * as tf from "@tensorflow/tfjs";
import { DROPOUT_FACTOR_WGSL, type DropoutDraw } from "../dropout_mask.ts";
import { reads, runElements, sizeOf, writes } from "./element_shader.ts";
import { gpuTensor } from "./shader.ts";

/** Multiplies by a mask that is drawn on the device, in integers: the same bits as on any other. */
export function seededDropout(
  { x }: Record<"x", tf.TensorInfo>,
  { threshold, kept, key, first }: DropoutDraw,
): tf.TensorInfo {
  const result = gpuTensor(x.shape);
  runElements({
    name: "SeededDropout",
    buffers: [writes("result"), ...reads("x")],
    uniforms: { threshold: "u32", kept: "f32", key: "u32", first: "u32" },
    code: `
      ${DROPOUT_FACTOR_WGSL}
      fn element(at : u32) { result[at] = x[at] * dropoutFactor(at); }`,
  }, {
    size: sizeOf(x),
    buffers: [result, x],
    uniforms: { threshold, kept, key: key >>> 0, first: first >>> 0 },
  });
  return result;
}
