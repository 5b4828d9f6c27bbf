import * as tf from "@tensorflow/tfjs";
import type { ConvolutionGeometry } from "./convolution_geometry.ts";
import { heapTensor, heapView } from "./heap.ts";

/**
 * Gradient of a 2-D convolution with respect to its input, which is also the forward pass of a
 * transposed convolution. Padded input row s * q + r gets dy row q - j through kernel row r + s * j,
 * so it is one stride-1 convolution to s * s * C channels, a group for each phase (r, r'), whose
 * groups are then interleaved: no zero is inserted or multiplied.
 * @param dy Gradient of the output, [N, Ho, Wo, Cout].
 * @param kernel [Kh, Kw, C, Cout].
 * @returns [N, H, W, C].
 */
export function convInputGradient(
  dy: tf.Tensor4D,
  kernel: tf.Tensor4D,
  geometry: ConvolutionGeometry,
): tf.Tensor4D {
  const { inHeight, inWidth, outHeight, outWidth, stride, padTop, padLeft } = geometry;
  return tf.tidy(() => {
    const grouped = phaseKernel(kernel, geometry);
    const [tapsDown, tapsAcross] = grouped.shape;
    const [firstRow, firstColumn] = [Math.floor(padTop / stride), Math.floor(padLeft / stride)];
    const rows = Math.ceil((inHeight + padTop) / stride) - firstRow;
    const columns = Math.ceil((inWidth + padLeft) / stride) - firstColumn;
    const top = tapsDown - 1 - firstRow;
    const left = tapsAcross - 1 - firstColumn;
    const phases = convolveOver(dy, grouped, {
      rows: [top, rows + tapsDown - 1 - outHeight - top],
      columns: [left, columns + tapsAcross - 1 - outWidth - left],
    });
    if (stride === 1) return phases;
    return interleave(phases, geometry, [
      padTop - firstRow * stride,
      padLeft - firstColumn * stride,
    ]);
  });
}

/** The kernel rotated by 180 degrees and split by phase: [ceil(Kh / s), ceil(Kw / s), Cout, s * s * C]. */
function phaseKernel(kernel: tf.Tensor4D, geometry: ConvolutionGeometry): tf.Tensor4D {
  const { kernelHeight, kernelWidth, inChannels, outChannels, stride } = geometry;
  const [tapsDown, tapsAcross] = [
    Math.ceil(kernelHeight / stride),
    Math.ceil(kernelWidth / stride),
  ];
  const groups = stride * stride * inChannels;
  const grouped = heapTensor<tf.Rank.R4>([tapsDown, tapsAcross, outChannels, groups]);
  const [from, to] = [heapView(kernel), heapView(grouped)];
  to.fill(0);
  for (let y = 0; y < kernelHeight; y++) {
    for (let x = 0; x < kernelWidth; x++) {
      const down = tapsDown - 1 - Math.floor(y / stride);
      const across = tapsAcross - 1 - Math.floor(x / stride);
      const phase = (y % stride) * stride + (x % stride);
      const target = (down * tapsAcross + across) * outChannels * groups + phase * inChannels;
      const source = (y * kernelWidth + x) * inChannels * outChannels;
      for (let c = 0; c < inChannels; c++) {
        for (let o = 0; o < outChannels; o++) {
          to[target + o * groups + c] = from[source + c * outChannels + o]!;
        }
      }
    }
  }
  return grouped;
}

/** A stride-1 convolution whose padding may be negative, which crops. */
function convolveOver(
  input: tf.Tensor4D,
  kernel: tf.Tensor4D,
  { rows, columns }: { rows: [number, number]; columns: [number, number] },
): tf.Tensor4D {
  const [images, height, width, channels] = input.shape;
  const crop = [...rows, ...columns].map((pad) => Math.max(-pad, 0)) as Sides;
  const pad = [...rows, ...columns].map((pad) => Math.max(pad, 0)) as Sides;
  const begin: Sides = [0, crop[0], crop[2], 0];
  const size: Sides = [images, height - crop[0] - crop[1], width - crop[2] - crop[3], channels];
  const cropped = crop.some((pixels) => pixels > 0) ? tf.slice(input, begin, size) : input;
  return tf.conv2d(cropped, kernel, 1, [[0, 0], [pad[0], pad[1]], [pad[2], pad[3]], [0, 0]]);
}

type Sides = [number, number, number, number];

/** Puts phase (r, r') of pixel (q, q') at (s * q + r - top, s * q' + r' - left), cropped to H x W. */
function interleave(
  phases: tf.Tensor4D,
  { images, inHeight, inWidth, inChannels, stride }: ConvolutionGeometry,
  [top, left]: [number, number],
): tf.Tensor4D {
  const [, rows, columns, groups] = phases.shape;
  const whole = heapTensor<tf.Rank.R4>([images, inHeight, inWidth, inChannels]);
  const [from, to] = [heapView(phases), heapView(whole)];
  let target = 0;
  for (let image = 0; image < images; image++) {
    for (let y = top; y < top + inHeight; y++) {
      const row = (image * rows + Math.floor(y / stride)) * columns;
      const rowPhase = (y % stride) * stride;
      for (let x = left; x < left + inWidth; x++) {
        const phase = (rowPhase + x % stride) * inChannels;
        const source = (row + Math.floor(x / stride)) * groups + phase;
        for (let c = 0; c < inChannels; c++) to[target++] = from[source + c]!;
      }
    }
  }
  return whole;
}
