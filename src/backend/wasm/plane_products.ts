import { isTraining, type Packing } from "./packed_kernels.ts";
import { Layout, simdKernels, writeWords } from "./simd_kernels.ts";

/**
 * Convolutions as products of planes: an input becomes planes of [pixels, channels], a kernel as many
 * matrices [channels, filters], and their products become the output. Which planes, say
 * simd/upsampled.as and simd/winograd.as.
 */
export interface PlaneSizes {
  planes: number;
  /** A plane's lines over all images, and its pixels in each. */
  lines: number;
  columns: number;
  /** Both divide by 4. */
  channels: number;
  filters: number;
}

/** Addresses of what the kernels work with. */
export interface Places {
  band: number;
  job: number;
  /** One tap, which reads the pixel itself; a pixel of zeros, also for no bias. */
  tap: number;
  zeros: number;
  /** [planes, channels, filters]. */
  kernels: number;
  /** [planes, pixels of a band, channels] and [planes, pixels of a band, filters]. */
  inputPlanes: number;
  outputPlanes: number;
  scratch: number;
}

/** Which way matrices are multiplied: by [inner, outer], or what was transposed to it. */
export interface Product {
  inner: number;
  outer: number;
  /** The matrices lie as [outer, inner]. */
  transposed: boolean;
  /** Which matrix multiplies a plane; the one of its own number unless told. */
  matrixOf?(plane: number): number;
}

const WORD_BYTES = 4;

/** What the planes of a band of lines may take: they come back from the level 3 cache. */
const BAND_BYTES = 4 * 1024 * 1024;

/** What a block of pixels may take of the level 2 cache where products are summed over pixels. */
const BLOCK_BYTES = 256 * 1024;

/**
 * Bytes from one plane of [pixels, channels] (or matrix) to the next: not a power of two, as all
 * planes of a place would then share the few ways of one cache set.
 */
export function planeBytes(pixels: number, channels: number): number {
  return Math.ceil(pixels * channels * WORD_BYTES / 4096) * 4096 + 128;
}

/** Lines that are worked on at a time. */
function linesPerBand({ planes, lines, columns, channels, filters }: PlaneSizes): number {
  const lineBytes = planes * columns * (channels + filters) * WORD_BYTES;
  return Math.max(1, Math.min(lines, Math.floor(BAND_BYTES / lineBytes)));
}

/** Calls `run` for each band of lines. */
export function eachBand(sizes: PlaneSizes, run: (first: number, count: number) => void): void {
  const most = linesPerBand(sizes);
  for (let first = 0; first < sizes.lines; first += most) {
    run(first, Math.min(most, sizes.lines - first));
  }
}

/** Lays out the memory of one call; `place` tells where it begins. */
export function layOut(sizes: PlaneSizes): { bytes: number; place(begin: number): Places } {
  const { planes, columns, channels, filters } = sizes;
  const most = Math.ceil(Math.max(channels, filters) / 8) * 8;
  const pixels = linesPerBand(sizes) * columns;
  const layout = new Layout();
  const words = (count: number) => layout.reserve(count * WORD_BYTES);
  const offsets: Places = {
    band: words(16),
    job: words(32),
    tap: words(2),
    zeros: words(most),
    kernels: layout.reserve(planes * planeBytes(channels, filters)),
    inputPlanes: layout.reserve(planes * planeBytes(pixels, channels)),
    outputPlanes: layout.reserve(planes * planeBytes(pixels, filters)),
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

/** A kernel's packing as matrices of planes, which inference keeps. */
export function packingOf(
  { planes }: PlaneSizes,
  { places, product, name, transform }: {
    places: Places;
    product: Product;
    /** Of the transform: other transforms pack other matrices. */
    name: string;
    /** Writes the matrices to `places.kernels`, from each to the next so many bytes. */
    transform(bytesEach: number): void;
  },
): Packing {
  const { inner, outer, transposed } = product;
  return {
    order: `${name} ${inner} ${outer}`,
    bytes: planes * packedBytes(product),
    kept: !transposed && !isTraining(),
    pack(packed) {
      transform(planeBytes(inner, outer));
      packMatrices(planes, { ...places, packed }, product);
    },
  };
}

/** Packs the matrices at `places.kernels` to `packed`, in the order of the planes. */
function packMatrices(
  planes: number,
  { packed, ...places }: Places & { packed: number },
  product: Product,
): void {
  const { inner, outer, transposed, matrixOf = (plane) => plane } = product;
  for (let plane = 0; plane < planes; plane++) {
    writeWords(places.job, [
      places.kernels + matrixOf(plane) * planeBytes(inner, outer),
      packed + plane * packedBytes(product),
      places.tap, // an offset of 0
      1,
      ...[inner, outer],
      ...(transposed ? [WORD_BYTES, inner * WORD_BYTES] : [outer * WORD_BYTES, WORD_BYTES]),
    ]);
    simdKernels().packWeights(places.job);
  }
}

/** Of one packed matrix. */
function packedBytes({ inner, outer }: Product): number {
  return Math.ceil(outer / 8) * 8 * inner * WORD_BYTES;
}

/** Multiplies each plane at `from` by its matrix of those at `packed`, to the planes at `to`. */
export function multiplyPlanes(
  { planes, pixels, packed }: { planes: number; pixels: number; packed: number },
  places: Places,
  { from, to, ...product }: Product & { from: number; to: number },
): void {
  const { inner, outer } = product;
  for (let plane = 0; plane < planes; plane++) {
    writeWords(places.job, [
      from + plane * planeBytes(pixels, inner),
      ...[1, pixels, 1, inner], // one image of one column
      ...[pixels, 1],
      ...[1, 1],
      ...[places.tap, 1],
      packed + plane * packedBytes(product),
      places.zeros, // no bias
      0, // no ReLU
      to + plane * planeBytes(pixels, outer),
      ...[pixels, 1, outer],
      ...[0, 0],
      ...[1, 1],
      places.zeros,
      places.scratch,
    ]);
    simdKernels().convolve(places.job);
  }
}

/** Fills the matrices at `places.kernels` with zeros. */
export function clearMatrices(places: Places, { planes, channels, filters }: PlaneSizes): void {
  const words = planes * planeBytes(channels, filters) / WORD_BYTES;
  new Float32Array(simdKernels().memory.buffer, places.kernels, words).fill(0);
}

/** Adds (input planes)^T * (output planes) to the matrices at `places.kernels`. */
export function addKernelGradients(pixels: number, places: Places, sizes: PlaneSizes): void {
  const { planes, channels, filters } = sizes;
  const panelBytes = pixels * Math.ceil(filters / 8) * 8 * WORD_BYTES;
  const block = Math.max(16, Math.floor(BLOCK_BYTES / ((channels + filters) * WORD_BYTES)));
  for (let plane = 0; plane < planes; plane++) {
    writeWords(places.job, [
      places.inputPlanes + plane * planeBytes(pixels, channels),
      ...[1, pixels, 1, channels],
      places.outputPlanes + plane * planeBytes(pixels, filters),
      ...[pixels, 1, filters],
      ...[1, 1],
      ...[places.tap, 1],
      places.kernels + plane * planeBytes(channels, filters),
      channels,
      Math.min(pixels, block),
      places.scratch,
      places.scratch + panelBytes,
    ]);
    simdKernels().sumFilterGradient(places.job);
  }
}
