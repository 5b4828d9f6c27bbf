import type * as tf from "@tensorflow/tfjs";
import { heapAddress } from "./heap.ts";
import { Layout, simdKernels, writeWords } from "./simd_kernels.ts";

/** The planes of simd/upsampled.as, down times across. */
export const PLANES = 9;

const WORD_BYTES = 4;

/** What the planes of a band of rows may take: they come back from the level 3 cache. */
const BAND_BYTES = 4 * 1024 * 1024;

/** Sizes of an upsampled convolution, from [N, rows, columns, channels] to `filters`. */
export interface UpsampledSizes {
  images: number;
  rows: number;
  columns: number;
  channels: number;
  filters: number;
}

/** Addresses of what the kernels work with. */
export interface Places {
  band: number;
  job: number;
  /** One tap, which reads the pixel itself; a pixel of zeros; no bias. */
  tap: number;
  zeros: number;
  /** [9, channels, filters]. */
  kernels: number;
  /** The same, packed: each `packedBytes` long. */
  packed: number;
  /** [9, pixels of a band, channels] and [9, pixels of a band, filters]. */
  inputPlanes: number;
  outputPlanes: number;
  scratch: number;
}

/** Rows of all images that are worked on at a time. */
export function rowsPerBand({ images, rows, columns, channels, filters }: UpsampledSizes): number {
  const rowBytes = PLANES * columns * (channels + filters) * WORD_BYTES;
  return Math.max(1, Math.min(images * rows, Math.floor(BAND_BYTES / rowBytes)));
}

/** Lays out the memory of one call, from `begin` on. */
export function layOut(sizes: UpsampledSizes): { bytes: number; place(begin: number): Places } {
  const { columns, channels, filters } = sizes;
  const most = Math.ceil(Math.max(channels, filters) / 8) * 8;
  const pixels = rowsPerBand(sizes) * columns;
  const layout = new Layout();
  const words = (count: number) => layout.reserve(count * WORD_BYTES);
  const offsets: Places = {
    band: words(8),
    job: words(32),
    tap: words(2),
    zeros: words(most),
    kernels: words(PLANES * channels * filters),
    packed: words(PLANES * most * Math.min(channels, filters) + PLANES * 8 * most),
    inputPlanes: words(PLANES * pixels * channels),
    outputPlanes: words(PLANES * pixels * filters),
    scratch: words(Math.max(2 * simdKernels().chunk + 40 + most, 3 * pixels + 32 + pixels * most)),
  };
  const place = (begin: number) => {
    const entries = Object.entries(offsets).map(([name, offset]) => [name, begin + offset]);
    const places = Object.fromEntries(entries) as Places;
    writeWords(places.tap, [0, 0]);
    new Float32Array(simdKernels().memory.buffer, places.zeros, most).fill(0);
    return places;
  };
  return { bytes: layout.bytes, place };
}

/** A transposed kernel leads from filters back to channels. */
interface Direction {
  sizes: UpsampledSizes;
  transposed: boolean;
}

/** Shares the taps of a kernel [3, 3, channels, filters] and packs the nine matrices. */
export function packKernel(kernel: tf.TensorInfo, places: Places, direction: Direction): void {
  const { sizes: { channels, filters }, transposed } = direction;
  const size = channels * filters;
  simdKernels().shareTaps(heapAddress(kernel), places.kernels, size);
  for (let plane = 0; plane < PLANES; plane++) {
    writeWords(places.job, [
      places.kernels + plane * size * WORD_BYTES,
      places.packed + plane * packedBytes(direction),
      places.tap, // an offset of 0
      1,
      ...(transposed ? [filters, channels] : [channels, filters]),
      ...(transposed ? [WORD_BYTES, filters * WORD_BYTES] : [filters * WORD_BYTES, WORD_BYTES]),
    ]);
    simdKernels().packWeights(places.job);
  }
}

function packedBytes({ sizes: { channels, filters }, transposed }: Direction): number {
  const [inner, outer] = transposed ? [filters, channels] : [channels, filters];
  return Math.ceil(outer / 8) * 8 * inner * WORD_BYTES;
}

/** Multiplies each plane of one side by its matrix, to the planes of the other side. */
export function multiplyPlanes(pixels: number, places: Places, direction: Direction): void {
  const { sizes: { channels, filters }, transposed } = direction;
  const [inner, outer] = transposed ? [filters, channels] : [channels, filters];
  const { inputPlanes, outputPlanes } = places;
  const [from, to] = transposed ? [outputPlanes, inputPlanes] : [inputPlanes, outputPlanes];
  for (let plane = 0; plane < PLANES; plane++) {
    writeWords(places.job, [
      from + plane * pixels * inner * WORD_BYTES,
      ...[1, pixels, 1, inner], // one image of one column
      ...[pixels, 1],
      ...[1, 1],
      ...[places.tap, 1],
      places.packed + plane * packedBytes(direction),
      places.zeros, // no bias
      0, // no ReLU
      to + plane * pixels * outer * WORD_BYTES,
      ...[pixels, 1, outer],
      ...[0, 0],
      ...[1, 1],
      places.zeros,
      places.scratch,
    ]);
    simdKernels().convolve(places.job);
  }
}

/** Adds (input planes)^T * (output planes) to the nine matrices at `places.kernels`. */
export function addKernelGradients(pixels: number, places: Places, sizes: UpsampledSizes): void {
  const { channels, filters } = sizes;
  const panelBytes = pixels * Math.ceil(filters / 8) * 8 * WORD_BYTES;
  for (let plane = 0; plane < PLANES; plane++) {
    writeWords(places.job, [
      places.inputPlanes + plane * pixels * channels * WORD_BYTES,
      ...[1, pixels, 1, channels],
      places.outputPlanes + plane * pixels * filters * WORD_BYTES,
      ...[pixels, 1, filters],
      ...[1, 1],
      ...[places.tap, 1],
      places.kernels + plane * channels * filters * WORD_BYTES,
      channels,
      Math.min(pixels, blockRows(sizes)),
      places.scratch,
      places.scratch + panelBytes,
    ]);
    simdKernels().sumFilterGradient(places.job);
  }
}

/** Pixels whose both sides stay in the level 2 cache. */
function blockRows({ channels, filters }: UpsampledSizes): number {
  return Math.max(16, Math.floor(256 * 1024 / ((channels + filters) * WORD_BYTES)));
}
