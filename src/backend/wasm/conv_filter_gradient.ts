import * as tf from "@tensorflow/tfjs";
import type { ConvolutionGeometry } from "./convolution_geometry.ts";
import { heapTensor, heapView } from "./heap.ts";

/**
 * Gradient of a 2-D convolution with respect to its kernel: for each tap, (input shifted)^T * dy.
 * The products run in XNNPACK; the shifted inputs are contiguous rows of a transposed window, one
 * window for each kernel column and row phase.
 * @param input [N, H, W, C].
 * @param dy Gradient of the output, [N, Ho, Wo, Cout].
 * @returns [Kh, Kw, C, Cout].
 */
export function convFilterGradient(
  input: tf.Tensor4D,
  dy: tf.Tensor4D,
  geometry: ConvolutionGeometry,
): tf.Tensor4D {
  const { images, inChannels, outHeight, outWidth, outChannels } = geometry;
  const { kernelHeight, kernelWidth, stride } = geometry;
  const pixels = images * outHeight * outWidth;
  return tf.tidy(() => {
    const dyRows = tf.reshape(dy, [pixels, outChannels]) as tf.Tensor2D;
    const taps: tf.Tensor[] = new Array(kernelHeight * kernelWidth);
    for (let column = 0; column < kernelWidth; column++) {
      for (let phase = 0; phase < Math.min(stride, kernelHeight); phase++) {
        const rows = outHeight + Math.floor((kernelHeight - 1 - phase) / stride);
        const window = transposedWindow(input, geometry, { column, phase, rows });
        for (let row = phase; row < kernelHeight; row += stride) {
          const begin = (row - phase) / stride * outWidth;
          const size = [inChannels * images, outHeight * outWidth];
          const tap = rows === outHeight ? window : tf.slice(window, [0, begin], size);
          const shifted = tf.reshape(tap, [inChannels, pixels]) as tf.Tensor2D;
          taps[row * kernelWidth + column] = tf.matMul(shifted, dyRows);
        }
      }
    }
    return tf.reshape(tf.stack(taps), [kernelHeight, kernelWidth, inChannels, outChannels]);
  });
}

/**
 * What kernel column `column` sees in the input rows of one phase, channels first, zero outside.
 * Row j of the window is the input row stride * j + phase - padTop.
 * @returns [C * N, rows * Wo].
 */
function transposedWindow(
  input: tf.Tensor4D,
  geometry: ConvolutionGeometry,
  { column, phase, rows }: { column: number; phase: number; rows: number },
): tf.Tensor2D {
  const { images, inHeight, inWidth, inChannels, outWidth, stride, padTop, padLeft } = geometry;
  const window = heapTensor<tf.Rank.R2>([inChannels * images, rows * outWidth]);
  const [from, to] = [heapView(input), heapView(window)];
  to.fill(0);
  const firstColumn = column - padLeft;
  const begin = Math.max(0, Math.ceil(-firstColumn / stride));
  const end = Math.min(outWidth, Math.ceil((inWidth - firstColumn) / stride));
  const step = stride * inChannels;
  const channelStep = images * rows * outWidth;
  for (let image = 0; image < images; image++) {
    for (let j = 0; j < rows; j++) {
      const row = stride * j + phase - padTop;
      if (row < 0 || row >= inHeight) continue;
      const source = ((image * inHeight + row) * inWidth + firstColumn) * inChannels;
      const target = (image * rows + j) * outWidth;
      for (let c = 0; c < inChannels; c++) {
        for (let k = begin, at = source + c + begin * step; k < end; k++, at += step) {
          to[c * channelStep + target + k] = from[at]!;
        }
      }
    }
  }
  return window;
}
