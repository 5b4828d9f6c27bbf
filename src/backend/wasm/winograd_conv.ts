import type * as tf from "@tensorflow/tfjs";
import type { ConvolutionGeometry } from "./convolution_geometry.ts";
import { heapAddress, heapTensor, withHeapRoom } from "./heap.ts";
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

/** Down times across: see simd/winograd.as. */
const PLANES = 16;

/** Below this the transforms cost more than they save. */
const FEWEST_CHANNELS = 32;
const FEWEST_TILES = 128;
/**
 * In inference it is asked of one picture alone whether it pays, so that a picture gets the same
 * values to the bit whatever pictures it shares a batch with. Few tiles are enough there: the
 * kernel's transform is kept.
 */
const FEWEST_TILES_OF_ONE = 4;

/**
 * Whether a convolution is 3x3 of stride 1 with one pixel of padding, and large enough to gain.
 * @param options.training Whether it, or its gradient, is a step of training.
 */
export function isWinograd(
  geometry: ConvolutionGeometry,
  { training }: { training: boolean },
): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = geometry;
  const { dilationHeight, dilationWidth, inHeight, inWidth, outHeight, outWidth } = geometry;
  const tilesOfOne = Math.ceil(inHeight / 2) * Math.ceil(inWidth / 2);
  const isLarge = training
    ? geometry.batchSize * tilesOfOne >= FEWEST_TILES
    : tilesOfOne >= FEWEST_TILES_OF_ONE;
  return filterHeight === 3 && filterWidth === 3 && strideHeight === 1 && strideWidth === 1 &&
    dilationHeight === 1 && dilationWidth === 1 && padInfo.top === 1 && padInfo.left === 1 &&
    outHeight === inHeight && outWidth === inWidth && isLarge &&
    [geometry.inChannels, geometry.outChannels].every((count) =>
      count % 4 === 0 && count >= FEWEST_CHANNELS
    );
}

/**
 * A convolution for which `isWinograd` holds, with 16 products for 2 x 2 outputs instead of 36.
 * @param input [N, H, W, C].
 * @param kernel [3, 3, C, Cout].
 * @param options.bias [Cout].
 * @returns [N, H, W, Cout].
 */
export function winogradForward(
  input: tf.TensorInfo,
  kernel: tf.TensorInfo,
  options: { geometry: ConvolutionGeometry; bias?: tf.TensorInfo | undefined; relu?: boolean },
): tf.Tensor4D {
  const { geometry, ...rest } = options;
  const { inChannels, outChannels } = geometry;
  return convolve(input, kernel, {
    sizes: sizesOf(geometry, inChannels, outChannels),
    transposed: false,
    ...rest,
  });
}

/**
 * Gradient of its input: the convolution of dy with the kernel turned by 180 degrees, which changes
 * places of its matrices.
 * @returns [N, H, W, C].
 */
export function winogradInputGradient(
  dy: tf.TensorInfo,
  kernel: tf.TensorInfo,
  geometry: ConvolutionGeometry,
): tf.Tensor4D {
  const { inChannels, outChannels } = geometry;
  const sizes = sizesOf(geometry, outChannels, inChannels);
  return convolve(dy, kernel, { sizes, transposed: true });
}

/** The place on a line that a matrix has in a kernel turned around. */
const TURNED = [3, 1, 2, 0];

function convolve(
  input: tf.TensorInfo,
  kernel: tf.TensorInfo,
  { sizes, transposed, bias, relu = false }: {
    sizes: Sizes;
    transposed: boolean;
    bias?: tf.TensorInfo | undefined;
    relu?: boolean;
  },
): tf.Tensor4D {
  const { images, height, width, columns, channels, filters } = sizes;
  const output = heapTensor<tf.Rank.R4>([images, height, width, filters]);
  const product = { inner: channels, outer: filters, transposed };
  const { bytes, place } = layOut(sizes);
  withHeapRoom(bytes, (begin) => {
    const places = place(begin);
    const { inputPlanes: from, outputPlanes: to } = places;
    const shifts = bias ? heapAddress(bias) : places.zeros;
    withPacked(
      kernel,
      packing(kernel, { sizes, places, product }),
      (packed) =>
        eachBand(sizes, (first, count) => {
          const lines = { first, count, sizes, places };
          simdKernels().takeTiles(band(input, { ...lines, planes: from, channels }));
          const planes = { planes: PLANES, pixels: count * columns, packed };
          multiplyPlanes(planes, places, { ...product, from, to });
          const outputSide = { ...lines, planes: to, channels: filters, bias: shifts, relu };
          simdKernels().combineTiles(band(output, outputSide));
        }),
    );
  });
  return output;
}

/** A transposed kernel is turned around too, as the gradient of the input needs it. */
function packing(
  kernel: tf.TensorInfo,
  { sizes, places, product }: { sizes: Sizes; places: Places; product: Product },
): Packing {
  const turned = (plane: number) => 4 * TURNED[plane >> 2]! + TURNED[plane & 3]!;
  const size = product.inner * product.outer;
  return packingOf(sizes, {
    ...{ name: "winograd", places },
    product: product.transposed ? { ...product, matrixOf: turned } : product,
    transform: (bytesEach) =>
      simdKernels().transformTaps(heapAddress(kernel), places.kernels, size, bytesEach),
  });
}

/**
 * Gradient of its kernel.
 * @param input [N, H, W, C].
 * @param dy Gradient of the output, [N, H, W, Cout].
 * @returns [3, 3, C, Cout].
 */
export function winogradFilterGradient(
  input: tf.TensorInfo,
  dy: tf.TensorInfo,
  geometry: ConvolutionGeometry,
): tf.Tensor4D {
  const sizes = sizesOf(geometry, geometry.inChannels, geometry.outChannels);
  const { channels, filters } = sizes;
  const dKernel = heapTensor<tf.Rank.R4>(geometry.filterShape);
  const { bytes, place } = layOut(sizes);
  withHeapRoom(bytes, (begin) => {
    const places = place(begin);
    const { inputPlanes, outputPlanes } = places;
    clearMatrices(places, sizes);
    eachBand(sizes, (first, count) => {
      const lines = { first, count, sizes, places };
      simdKernels().takeTiles(band(input, { ...lines, planes: inputPlanes, channels }));
      simdKernels().spreadTiles(band(dy, { ...lines, planes: outputPlanes, channels: filters }));
      addKernelGradients(count * sizes.columns, places, sizes);
    });
    const [size, bytesEach] = [channels * filters, planeBytes(channels, filters)];
    simdKernels().transformTapsGradient(places.kernels, heapAddress(dKernel), size, bytesEach);
  });
  return dKernel;
}

interface Sizes extends PlaneSizes {
  images: number;
  height: number;
  width: number;
}

function sizesOf(geometry: ConvolutionGeometry, channels: number, filters: number): Sizes {
  const { batchSize: images, inHeight: height, inWidth: width } = geometry;
  const lines = images * Math.ceil(height / 2);
  const columns = Math.ceil(width / 2);
  return { planes: PLANES, lines, columns, images, height, width, channels, filters };
}

/** Writes the words of `Band` in simd/band.as. */
function band(
  tensor: tf.TensorInfo,
  { first, count, sizes, places, planes, channels, bias = places.zeros, relu = false }: {
    first: number;
    count: number;
    sizes: Sizes;
    places: Places;
    planes: number;
    channels: number;
    bias?: number;
    relu?: boolean;
  },
): number {
  const { height, width, columns } = sizes;
  const bytesEach = planeBytes(count * columns, channels);
  const words = [planes, bytesEach, first, count, height, width, channels, bias, relu ? 1 : 0];
  writeWords(places.band, [heapAddress(tensor), ...words]);
  return places.band;
}
