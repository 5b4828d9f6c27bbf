import type * as tf from "@tensorflow/tfjs";
import { heapAddress, heapTensor, heapView, withHeapRoom } from "./heap.ts";
import { simdKernels, writeWords } from "./simd_kernels.ts";
import {
  addKernelGradients,
  layOut,
  multiplyPlanes,
  packKernel,
  type Places,
  PLANES,
  rowsPerBand,
  type UpsampledSizes,
} from "./upsampled_products.ts";

/**
 * Nearest upsampling by 2, a 3x3 convolution, bias and ReLU, with 9 products where the transposed
 * 4x4 convolution takes 16: see simd/upsampled.as.
 * @param inputs x [N, H, W, C], kernel [3, 3, C, F] and bias [F].
 * @returns [N, 2 H, 2 W, F]; undefined unless C and F divide by 4.
 */
export function upsampledConv(
  { x, kernel, bias }: Record<"x" | "kernel" | "bias", tf.TensorInfo>,
): tf.Tensor | undefined {
  const sizes = sizesOf(x.shape, kernel.shape);
  if (!sizes) return undefined;
  const { images, rows, columns, filters } = sizes;
  const output = heapTensor([images, 2 * rows, 2 * columns, filters]);
  const direction = { sizes, transposed: false };
  const { bytes, place } = layOut(sizes);
  withHeapRoom(bytes, (begin) => {
    const places = place(begin);
    packKernel(kernel, places, direction);
    eachBand(sizes, (first, count) => {
      simdKernels().takeDifferences(inputBand(x, { first, count, sizes, places }));
      multiplyPlanes(count * columns, places, direction);
      const biasAddress = heapAddress(bias);
      simdKernels().combineOutputs(
        outputBand(output, { first, count, sizes, places }, biasAddress),
      );
    });
  });
  return output;
}

/**
 * Gradient of the upsampled convolution's input.
 * @param inputs dy of the sums before bias and ReLU, [N, 2 H, 2 W, F], and kernel [3, 3, C, F].
 * @returns [N, H, W, C]; undefined unless C and F divide by 4.
 */
export function upsampledConvInputGradient(
  { dy, kernel }: Record<"dy" | "kernel", tf.TensorInfo>,
): tf.Tensor | undefined {
  const [all, tall, wide] = dy.shape as [number, number, number];
  const sizes = sizesOf([all, tall / 2, wide / 2, kernel.shape[2]!], kernel.shape);
  if (!sizes) return undefined;
  const { images, rows, columns, channels } = sizes;
  const dx = heapTensor([images, rows, columns, channels]);
  heapView(dx).fill(0);
  const direction = { sizes, transposed: true };
  const { bytes, place } = layOut(sizes);
  withHeapRoom(bytes, (begin) => {
    const places = place(begin);
    packKernel(kernel, places, direction);
    eachBand(sizes, (first, count) => {
      simdKernels().spreadOutputs(outputBand(dy, { first, count, sizes, places }));
      multiplyPlanes(count * columns, places, direction);
      simdKernels().addDifferences(inputBand(dx, { first, count, sizes, places }));
    });
  });
  return dx;
}

/**
 * Gradient of the upsampled convolution's kernel.
 * @param inputs x [N, H, W, C], and dy of the sums before bias and ReLU, [N, 2 H, 2 W, F].
 * @returns [3, 3, C, F]; undefined unless C and F divide by 4.
 */
export function upsampledConvFilterGradient(
  { x, dy }: Record<"x" | "dy", tf.TensorInfo>,
): tf.Tensor | undefined {
  const [channels, filters] = [x.shape[3]!, dy.shape[3]!];
  const sizes = sizesOf(x.shape, [3, 3, channels, filters]);
  if (!sizes) return undefined;
  const dKernel = heapTensor([3, 3, channels, filters]);
  const { bytes, place } = layOut(sizes);
  withHeapRoom(bytes, (begin) => {
    const places = place(begin);
    const size = channels * filters;
    new Float32Array(simdKernels().memory.buffer, places.kernels, PLANES * size).fill(0);
    eachBand(sizes, (first, count) => {
      simdKernels().takeDifferences(inputBand(x, { first, count, sizes, places }));
      simdKernels().spreadOutputs(outputBand(dy, { first, count, sizes, places }));
      addKernelGradients(count * sizes.columns, places, sizes);
    });
    simdKernels().shareTapsGradient(places.kernels, heapAddress(dKernel), size);
  });
  return dKernel;
}

function sizesOf(input: number[], kernel: number[]): UpsampledSizes | undefined {
  const [images, rows, columns, channels] = input as [number, number, number, number];
  const filters = kernel[3]!;
  if (channels % 4 !== 0 || filters % 4 !== 0) return undefined;
  return { images, rows, columns, channels, filters };
}

function eachBand(sizes: UpsampledSizes, run: (first: number, count: number) => void): void {
  const [all, most] = [sizes.images * sizes.rows, rowsPerBand(sizes)];
  for (let first = 0; first < all; first += most) run(first, Math.min(most, all - first));
}

interface BandOfRows {
  first: number;
  count: number;
  sizes: UpsampledSizes;
  places: Places;
}

/** Writes the words of `Band` in simd/upsampled.as for the input's side. */
function inputBand(tensor: tf.TensorInfo, { first, count, sizes, places }: BandOfRows): number {
  const { rows, columns, channels } = sizes;
  const { band, inputPlanes, zeros } = places;
  const words = [heapAddress(tensor), inputPlanes, first, count, rows, columns, channels, zeros];
  writeWords(band, words);
  return band;
}

/** The same for the output's side. */
function outputBand(
  tensor: tf.TensorInfo,
  { first, count, sizes, places }: BandOfRows,
  bias = places.zeros,
): number {
  const { rows, columns, filters } = sizes;
  const { band, outputPlanes } = places;
  writeWords(band, [heapAddress(tensor), outputPlanes, first, count, rows, columns, filters, bias]);
  return band;
}
