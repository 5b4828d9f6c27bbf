import * as tf from "@tensorflow/tfjs";
import { heapAddress, heapTensor, withHeapRoom } from "./heap.ts";
import { withPacked } from "./packed_kernels.ts";
import { Layout, simdKernels, writeWords } from "./simd_kernels.ts";

/** Down and across. */
export type Pair = [number, number];

/** A kernel's weights, whichever of its channel axes is summed over. Strides count weights. */
export interface Weights {
  kernel: tf.TensorInfo;
  channels: number;
  channelStride: number;
  outputChannels: number;
  outputChannelStride: number;
  /** Whether to keep them as this pass wants them, for the next call. */
  kept?: boolean;
}

/** One run of the convolution kernel: all output positions of one grid. */
export interface ConvolutionPass {
  /** [N, H, W, C]. */
  input: tf.Tensor4D;
  weights: Weights;
  /** Position (y, x) of the grid sums over the taps' input pixels (y, x) * inputStep + at. */
  grid: Pair;
  inputStep: Pair;
  /** Index: which [C, Cout] of the kernel. */
  taps: { index: number; at: Pair }[];
  /** [Cout]. */
  bias?: tf.TensorInfo | undefined;
  relu?: boolean;
  /** Position p of the grid becomes output pixel first + p * step, of [N, Ho, Wo, Cout]. */
  output: tf.Tensor4D;
  first: Pair;
  step: Pair;
}

const WORD_BYTES = 4;

/** Convolves `pass.input` into `pass.output`. */
export function runPass(pass: ConvolutionPass): void {
  const kernels = simdKernels();
  const input = fillChannels(pass.input);
  const { channels, outputChannels } = pass.weights;
  const taps = pass.taps.length;
  const blocks = Math.ceil(outputChannels / 8);
  const filled = Math.ceil(channels / 4) * 4;
  const layout = new Layout();
  const at = {
    job: layout.reserve(32 * WORD_BYTES),
    packing: layout.reserve(16 * WORD_BYTES),
    taps: layout.reserve(taps * 2 * WORD_BYTES),
    tapOffsets: layout.reserve(taps * WORD_BYTES),
    zeros: layout.reserve(filled * WORD_BYTES),
    bias: layout.reserve(blocks * 8 * WORD_BYTES),
    scratch: layout.reserve((kernels.chunk * (taps + 1) + 32 + outputChannels + 8) * WORD_BYTES),
  };
  withHeapRoom(layout.bytes, (address) => {
    const places = Object.fromEntries(
      Object.entries(at).map(([name, offset]) => [name, address + offset]),
    ) as typeof at;
    writeTaps(pass, places);
    const { buffer } = kernels.memory;
    new Float32Array(buffer, places.zeros, filled).fill(0);
    const bias = new Float32Array(buffer, places.bias, blocks * 8).fill(0);
    if (pass.bias) bias.set(new Float32Array(buffer, heapAddress(pass.bias), outputChannels));
    const packing = {
      order: `pass ${taps} ${channels} ${outputChannels}`,
      bytes: blocks * taps * filled * 8 * WORD_BYTES,
      kept: pass.weights.kept ?? false,
      pack: (weights: number) => packWeights(pass, { ...places, weights }),
    };
    withPacked(pass.weights.kernel, packing, (weights) => {
      writeWords(places.job, jobWords({ ...pass, input }, { ...places, weights, filled }));
      kernels.convolve(places.job);
    });
  });
  if (input !== pass.input) input.dispose();
}

/** A copy whose channels are filled up with zeros to a multiple of 4, or the tensor itself. */
export function fillChannels(pixels: tf.Tensor4D): tf.Tensor4D {
  const [images, rows, columns, channels] = pixels.shape;
  if (channels % 4 === 0) return pixels;
  const filled = heapTensor<tf.Rank.R4>([images, rows, columns, Math.ceil(channels / 4) * 4]);
  const count = images * rows * columns;
  simdKernels().fillChannels(heapAddress(pixels), heapAddress(filled), count, channels);
  return filled;
}

function writeTaps(
  { taps, weights }: ConvolutionPass,
  places: { taps: number; tapOffsets: number },
): void {
  const tapBytes = weights.channels * weights.outputChannels * WORD_BYTES;
  writeWords(places.taps, taps.flatMap(({ at }) => at));
  writeWords(places.tapOffsets, taps.map(({ index }) => index * tapBytes));
}

function packWeights(
  { taps, weights }: ConvolutionPass,
  places: { packing: number; weights: number; tapOffsets: number },
): void {
  const { kernel, channels, outputChannels } = weights;
  writeWords(places.packing, [
    heapAddress(kernel),
    places.weights,
    places.tapOffsets,
    taps.length,
    channels,
    outputChannels,
    weights.channelStride * WORD_BYTES,
    weights.outputChannelStride * WORD_BYTES,
  ]);
  simdKernels().packWeights(places.packing);
}

/** The words of `Convolution` in simd/convolve.as. */
function jobWords(
  { input, grid, inputStep, taps, relu, output, first, step }: ConvolutionPass,
  places: Record<"filled" | "taps" | "weights" | "bias" | "zeros" | "scratch", number>,
): number[] {
  const [images, inputRows, inputColumns] = input.shape;
  const [, outputRows, outputColumns, outputChannels] = output.shape;
  return [
    heapAddress(input),
    images,
    ...[inputRows, inputColumns, places.filled],
    ...grid,
    ...inputStep,
    places.taps,
    taps.length,
    places.weights,
    places.bias,
    relu ? 1 : 0,
    heapAddress(output),
    ...[outputRows, outputColumns, outputChannels],
    ...first,
    ...step,
    places.zeros,
    places.scratch,
  ];
}
