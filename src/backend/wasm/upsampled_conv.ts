import type * as tf from "@tensorflow/tfjs";
import { heapAddress, heapTensor, heapView, withHeapRoom } from "./heap.ts";
import { type Packing, withPacked } from "./packed_kernels.ts";
import {
  addKernelGradients,
  clearMatrices,
  eachBand,
  layOut,
  multiplyPlanes,
  packingOf,
  type Places,
  planeBytes,
  type PlaneSizes,
  type Product,
} from "./plane_products.ts";
import { simdKernels, writeWords } from "./simd_kernels.ts";

/** Down times across: see simd/upsampled.as. */
const PLANES = 9;

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
  const { images, rows, columns, channels, filters } = sizes;
  const output = heapTensor([images, 2 * rows, 2 * columns, filters]);
  const product = { inner: channels, outer: filters, transposed: false };
  const { bytes, place } = layOut(sizes);
  withHeapRoom(bytes, (begin) => {
    const places = place(begin);
    const { inputPlanes: from, outputPlanes: to } = places;
    withPacked(
      kernel,
      packing(kernel, { sizes, places, product }),
      (packed) =>
        eachBand(sizes, (first, count) => {
          simdKernels().takeDifferences(inputBand(x, { first, count, sizes, places }));
          const planes = { planes: PLANES, pixels: count * columns, packed };
          multiplyPlanes(planes, places, { ...product, from, to });
          const rowsAndBias = { first, count, sizes, places, bias: heapAddress(bias) };
          simdKernels().combineOutputs(outputBand(output, rowsAndBias));
        }),
    );
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
  const { images, rows, columns, channels, filters } = sizes;
  const dx = heapTensor([images, rows, columns, channels]);
  heapView(dx).fill(0);
  const product = { inner: filters, outer: channels, transposed: true };
  const { bytes, place } = layOut(sizes);
  withHeapRoom(bytes, (begin) => {
    const places = place(begin);
    const { outputPlanes: from, inputPlanes: to } = places;
    withPacked(
      kernel,
      packing(kernel, { sizes, places, product }),
      (packed) =>
        eachBand(sizes, (first, count) => {
          simdKernels().spreadOutputs(outputBand(dy, { first, count, sizes, places }));
          const planes = { planes: PLANES, pixels: count * columns, packed };
          multiplyPlanes(planes, places, { ...product, from, to });
          simdKernels().addDifferences(inputBand(dx, { first, count, sizes, places }));
        }),
    );
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
    clearMatrices(places, sizes);
    eachBand(sizes, (first, count) => {
      simdKernels().takeDifferences(inputBand(x, { first, count, sizes, places }));
      simdKernels().spreadOutputs(outputBand(dy, { first, count, sizes, places }));
      addKernelGradients(count * sizes.columns, places, sizes);
    });
    const [size, bytesEach] = [channels * filters, planeBytes(channels, filters)];
    simdKernels().shareTapsGradient(places.kernels, heapAddress(dKernel), size, bytesEach);
  });
  return dKernel;
}

function packing(
  kernel: tf.TensorInfo,
  { sizes, places, product }: { sizes: Sizes; places: Places; product: Product },
): Packing {
  const size = product.inner * product.outer;
  return packingOf(sizes, {
    ...{ name: "upsampled", places, product },
    transform: (bytesEach) =>
      simdKernels().shareTaps(heapAddress(kernel), places.kernels, size, bytesEach),
  });
}

interface Sizes extends PlaneSizes {
  images: number;
  rows: number;
}

function sizesOf(input: number[], kernel: number[]): Sizes | undefined {
  const [images, rows, columns, channels] = input as [number, number, number, number];
  const filters = kernel[3]!;
  if (channels % 4 !== 0 || filters % 4 !== 0) return undefined;
  return { planes: PLANES, lines: images * rows, images, rows, columns, channels, filters };
}

interface BandOfRows {
  first: number;
  count: number;
  sizes: Sizes;
  places: Places;
  bias?: number;
}

/** Writes the words of `Band` in simd/band.as for the input's side. */
function inputBand(tensor: tf.TensorInfo, { first, count, sizes, places }: BandOfRows): number {
  const { rows, columns, channels } = sizes;
  const { band, inputPlanes } = places;
  const planes = [inputPlanes, planeBytes(count * columns, channels)];
  writeWords(band, [heapAddress(tensor), ...planes, first, count, rows, columns, channels]);
  return band;
}

/** The same for the output's side. */
function outputBand(
  tensor: tf.TensorInfo,
  { first, count, sizes, places, bias = places.zeros }: BandOfRows,
): number {
  const { rows, columns, filters } = sizes;
  const { band, outputPlanes } = places;
  const planes = [outputPlanes, planeBytes(count * columns, filters)];
  writeWords(band, [heapAddress(tensor), ...planes, first, count, rows, columns, filters, bias]);
  return band;
}
