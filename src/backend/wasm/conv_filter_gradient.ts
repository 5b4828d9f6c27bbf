import * as tf from "@tensorflow/tfjs";
import { type ConvolutionGeometry, kernelTaps } from "./convolution_geometry.ts";
import { fillChannels } from "./convolution_pass.ts";
import { heapAddress, heapTensor, heapView, withHeapRoom } from "./heap.ts";
import { Layout, simdKernels, writeWords } from "./simd_kernels.ts";

/** What a block of rows may take of the level 2 cache. */
const BLOCK_BYTES = 256 * 1024;
const WORD_BYTES = 4;

/**
 * Gradient of a 2-D convolution with respect to its kernel: for each tap, (input shifted)^T * dy.
 * @param input [N, H, W, C].
 * @param dy Gradient of the output, [N, Ho, Wo, Cout].
 * @returns [Kh, Kw, C, Cout].
 */
export function convFilterGradient(
  input: tf.Tensor4D,
  dy: tf.Tensor4D,
  geometry: ConvolutionGeometry,
): tf.Tensor4D {
  const sums = heapTensor<tf.Rank.R4>(geometry.filterShape);
  heapView(sums).fill(0);
  const filled = fillChannels(input);
  const taps = kernelTaps(geometry);
  const blockRows = rowsPerBlock(geometry);
  const panelChannels = Math.ceil(geometry.outChannels / 8) * 8;
  const layout = new Layout();
  const job = layout.reserve(32 * WORD_BYTES);
  const tapWords = layout.reserve(taps.length * 2 * WORD_BYTES);
  const panels = layout.reserve(blockRows * geometry.outWidth * panelChannels * WORD_BYTES);
  const scratch = layout.reserve((blockRows * 3 + 32) * WORD_BYTES);
  withHeapRoom(layout.bytes, (address) => {
    writeWords(address + tapWords, taps.flatMap(({ at }) => at));
    writeWords(address + job, [
      heapAddress(filled),
      ...filled.shape,
      heapAddress(dy),
      ...dy.shape.slice(1),
      geometry.strideHeight,
      geometry.strideWidth,
      address + tapWords,
      taps.length,
      heapAddress(sums),
      geometry.inChannels,
      blockRows,
      address + panels,
      address + scratch,
    ]);
    simdKernels().sumFilterGradient(address + job);
  });
  if (filled !== input) filled.dispose();
  return sums;
}

/** As many rows of dy, with what they read of the input, as the cache holds. */
function rowsPerBlock(geometry: ConvolutionGeometry): number {
  const { batchSize, outHeight, outWidth, outChannels, inWidth, inChannels } = geometry;
  const values = outWidth * outChannels + geometry.strideHeight * inWidth * inChannels;
  const rows = Math.floor(BLOCK_BYTES / (values * WORD_BYTES));
  return Math.max(1, Math.min(rows, batchSize * outHeight));
}
