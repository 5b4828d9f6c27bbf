import type * as tf from "@tensorflow/tfjs";
import { reads, runElements, sizeOf, writes } from "./element_shader.ts";
import { gpuTensor } from "./shader.ts";

/**
 * Folds nearest upsampling by 2 into the 3x3 kernel of the convolution behind it. Of the four outputs
 * of a line that one input reaches, output t sees it through the taps 2 - t .. 3 - t.
 * @param inputs kernel [3, 3, C, F].
 * @returns Of the transposed convolution with stride 2, [4, 4, F, C].
 */
export function upsampledKernel({ kernel }: Record<"kernel", tf.TensorInfo>): tf.TensorInfo {
  const [, , channels, filters] = kernel.shape as [number, number, number, number];
  const folded = gpuTensor([4, 4, filters, channels]);
  runElements({
    name: "UpsampledKernel",
    buffers: [writes("folded"), ...reads("kernel")],
    uniforms: { channels: "u32", filters: "u32" },
    code: `
      fn element(at : u32) {
        let channel = at % uniforms.channels;
        let filter_ = at / uniforms.channels % uniforms.filters;
        let place = i32(at / (uniforms.channels * uniforms.filters));
        let down = place / 4;
        let across = place % 4;
        var sum = 0.0;
        for (var row = max(2 - down, 0); row <= min(3 - down, 2); row++) {
          for (var column = max(2 - across, 0); column <= min(3 - across, 2); column++) {
            let tap = u32(row * 3 + column);
            sum += kernel[(tap * uniforms.channels + channel) * uniforms.filters + filter_];
          }
        }
        folded[at] = sum;
      }`,
  }, { size: sizeOf(folded), buffers: [folded, kernel], uniforms: { channels, filters } });
  return folded;
}

/**
 * Gradient of the 3x3 kernel: tap k of a line went into the places 2 - k and 3 - k.
 * @param inputs Gradient of the folded kernel, [4, 4, F, C].
 * @returns [3, 3, C, F].
 */
export function upsampledKernelGradient(
  { dFolded }: Record<"dFolded", tf.TensorInfo>,
): tf.TensorInfo {
  const [, , filters, channels] = dFolded.shape as [number, number, number, number];
  const dKernel = gpuTensor([3, 3, channels, filters]);
  runElements({
    name: "UpsampledKernelGradient",
    buffers: [writes("dKernel"), ...reads("dFolded")],
    uniforms: { channels: "u32", filters: "u32" },
    code: `
      fn element(at : u32) {
        let filter_ = at % uniforms.filters;
        let channel = at / uniforms.filters % uniforms.channels;
        let tap = at / (uniforms.channels * uniforms.filters);
        let size = uniforms.channels * uniforms.filters;
        let corner = (2u - tap / 3u) * 4u + 2u - tap % 3u;
        let start = corner * size + filter_ * uniforms.channels + channel;
        dKernel[at] = (dFolded[start] + dFolded[start + size]) +
          (dFolded[start + 4u * size] + dFolded[start + 5u * size]);
      }`,
  }, { size: sizeOf(dKernel), buffers: [dKernel, dFolded], uniforms: { channels, filters } });
  return dKernel;
}
