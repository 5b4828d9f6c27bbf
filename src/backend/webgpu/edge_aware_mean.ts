import type * as tf from "@tensorflow/tfjs";
import type { EdgeAwareMeanCall } from "../edge_aware_mean.ts";
import { reads, runElements, sizeOf, writes } from "./element_shader.ts";
import { gpuTensor } from "./shader.ts";

/** Kernel `EdgeAwareMean`: each invocation averages one channel of one pixel. */
export function edgeAwareMean(
  { x, guide, dilation, deviation }: EdgeAwareMeanCall,
): tf.TensorInfo {
  const [, height, width, channels] = x.shape;
  const means = gpuTensor(x.shape);
  runElements({
    name: "EdgeAwareMean",
    buffers: [writes("means"), ...reads("values", "guide")],
    uniforms: { height: "i32", width: "i32", channels: "u32", dilation: "i32", scale: "f32" },
    code: MEAN_WGSL,
  }, {
    size: sizeOf(x),
    buffers: [means, x, guide],
    uniforms: { height, width, channels, dilation, scale: -1 / (2 * deviation ** 2) },
  });
  return means;
}

const MEAN_WGSL = `
  fn element(at : u32) {
    let channel = at % uniforms.channels;
    let pixel = i32(at / uniforms.channels);
    let column = pixel % uniforms.width;
    let row = pixel / uniforms.width % uniforms.height;
    var sum = 0.0;
    var total = 0.0;
    for (var down = -1; down <= 1; down++) {
      let y = row + uniforms.dilation * down;
      for (var across = -1; across <= 1; across++) {
        let x = column + uniforms.dilation * across;
        if (y >= 0 && y < uniforms.height && x >= 0 && x < uniforms.width) {
          let other = pixel + uniforms.dilation * (down * uniforms.width + across);
          let difference = guide[other] - guide[pixel];
          let share = exp2(-f32(abs(down) + abs(across)));
          let weight = share * exp(uniforms.scale * difference * difference);
          sum += weight * values[u32(other) * uniforms.channels + channel];
          total += weight;
        }
      }
    }
    means[at] = sum / total;
  }`;
