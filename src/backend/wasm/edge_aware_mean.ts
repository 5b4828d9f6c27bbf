import type * as tf from "@tensorflow/tfjs";
import { type EdgeAwareMeanCall, TAP_SHARES } from "../edge_aware_mean.ts";
import { heapAddress, heapTensor, heapView, withHeapRoom } from "./heap.ts";
import { simdKernels } from "./simd_kernels.ts";

const TAPS = TAP_SHARES.length;
/** An address and a weight for each tap. */
const WORDS = 2 * TAPS;
const WORD_BYTES = 4;

/** Kernel `EdgeAwareMean`: weights here, a line at a time, and the sums in SIMD. */
export function edgeAwareMean(call: EdgeAwareMeanCall): tf.TensorInfo {
  const { x, guide } = call;
  const [images, height, width, channels] = x.shape;
  const result = heapTensor(x.shape);
  withHeapRoom(width * WORDS * WORD_BYTES, (address) => {
    const { memory, mixPixels } = simdKernels();
    const words = [memory.buffer, address, width * WORDS] as const;
    const taps = {
      addresses: new Int32Array(...words),
      weights: new Float32Array(...words),
      guides: heapView(guide),
      values: heapAddress(x),
    };
    const lineBytes = width * channels * WORD_BYTES;
    for (let line = 0; line < images * height; line++) {
      for (let column = 0; column < width; column++) writeTaps(call, { line, column }, taps);
      mixPixels(address, heapAddress(result) + line * lineBytes, width, channels);
    }
  });
  return result;
}

interface TapWords {
  /** The same words as whole numbers, and as floats. */
  addresses: Int32Array;
  weights: Float32Array;
  guides: Float32Array;
  /** Address of the first value of all. */
  values: number;
}

/** Writes the words of one pixel: a neighbor beyond the picture weighs nothing. */
function writeTaps(
  { x, dilation, deviation }: EdgeAwareMeanCall,
  { line, column }: { line: number; column: number },
  { addresses, weights, guides, values }: TapWords,
): void {
  const [, height, width, channels] = x.shape;
  const scale = -1 / (2 * deviation ** 2);
  const at = line * width + column, row = line % height;
  const first = column * WORDS, firstWeight = first + TAPS;
  let tap = 0, total = 0;
  for (let down = -dilation; down <= dilation; down += dilation) {
    const isRow = row + down >= 0 && row + down < height;
    for (let across = -dilation; across <= dilation; across += dilation, tap++) {
      const isInside = isRow && column + across >= 0 && column + across < width;
      const other = isInside ? at + down * width + across : at;
      const weight = isInside
        ? TAP_SHARES[tap]! * Math.exp(scale * (guides[other]! - guides[at]!) ** 2)
        : 0;
      addresses[first + tap] = values + other * channels * WORD_BYTES;
      weights[firstWeight + tap] = weight;
      total += weight;
    }
  }
  for (tap = 0; tap < TAPS; tap++) weights[firstWeight + tap]! /= total;
}
