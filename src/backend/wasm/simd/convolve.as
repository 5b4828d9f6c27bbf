/**
 * Convolution on NHWC tensors: an indirect matrix product. Every output position has a pointer to
 * its input pixel for each tap, so any stride, dilation and padding is one and the same loop.
 */

import { convolveTile } from "./convolve_tile";

/** What to convolve; the words are written in this order. Pointers are byte addresses. */
@unmanaged
export class Convolution {
  /** [images, inputRows, inputColumns, channels]; the number of channels divides by 4. */
  input: usize;
  images: i32;
  inputRows: i32;
  inputColumns: i32;
  channels: i32;
  /** Output positions per image; position (y, x) reads from input pixel (y, x) * inputStep on. */
  rows: i32;
  columns: i32;
  inputStepDown: i32;
  inputStepAcross: i32;
  /** Pairs (down, across): what each tap adds to the input pixel's place. */
  taps: usize;
  tapCount: i32;
  /** What packWeights wrote. */
  weights: usize;
  /** A value per output channel, filled up to a multiple of 8. */
  bias: usize;
  relu: i32;
  /** [images, outputRows, outputColumns, outputChannels]: position p lies at first + p * step. */
  output: usize;
  outputRows: i32;
  outputColumns: i32;
  outputChannels: i32;
  outputFirstDown: i32;
  outputFirstAcross: i32;
  outputStepDown: i32;
  outputStepAcross: i32;
  /** A pixel of zeros, which taps outside the input read. */
  zeros: usize;
  /** Room for CHUNK * (tapCount + 1) pointers, a tile of 32 values, and an output pixel and 8 more. */
  scratch: usize;
}

/** Positions whose pointers are worked out at a time: their pixels stay in the level 2 cache. */
export const CHUNK: i32 = 128;

export function convolve(job: Convolution): void {
  const positions = job.images * job.rows * job.columns;
  for (let from = 0; from < positions; from += CHUNK) {
    convolveChunk(job, from, min(CHUNK, positions - from));
  }
}

function convolveChunk(job: Convolution, from: i32, count: i32): void {
  const tiles = (count + 3) >> 2;
  const pixels = job.scratch;
  const outputs = pixels + <usize>(CHUNK * job.tapCount * 4);
  point(job, from, count);
  const rowBytes = <usize>job.channels * 4;
  const panelBytes = rowBytes * 8 * <usize>job.tapCount;
  const tileBytes = <usize>job.tapCount * 16;
  const trash = outputs + CHUNK * 4;
  for (let channel = 0; channel < job.outputChannels; channel += 8) {
    const weights = job.weights + <usize>(channel >> 3) * panelBytes;
    const bias = job.bias + <usize>channel * 4;
    const left = job.outputChannels - channel;
    for (let tile = 0; tile < tiles; tile++) {
      convolveTile(
        pixels + <usize>tile * tileBytes,
        job.tapCount,
        weights,
        rowBytes * 8,
        bias,
        job.relu,
        outputs + <usize>tile * 16,
        channel * 4,
        left,
        trash,
      );
    }
  }
}

/** Writes the chunk's pointers: [tile][tap][4] to pixels, [tile][4] to output pixels. */
function point(job: Convolution, from: i32, count: i32): void {
  const pixels = job.scratch;
  const outputs = pixels + <usize>(CHUNK * job.tapCount * 4);
  const trash = outputs + CHUNK * 4 + 128;
  let column = from % job.columns;
  let row = (from / job.columns) % job.rows;
  let image = from / (job.columns * job.rows);
  for (let i = 0; i < ((count + 3) & ~3); i++) {
    const target = pixels + <usize>(((i >> 2) * job.tapCount * 4 + (i & 3)) * 4);
    if (i < count) {
      pointTaps(job, target, image, row * job.inputStepDown, column * job.inputStepAcross);
      const down = job.outputFirstDown + row * job.outputStepDown;
      const across = job.outputFirstAcross + column * job.outputStepAcross;
      const pixel = (image * job.outputRows + down) * job.outputColumns + across;
      store<usize>(outputs + <usize>(i * 4), job.output + <usize>pixel * <usize>job.outputChannels * 4);
    } else {
      for (let tap = 0; tap < job.tapCount; tap++) store<usize>(target + <usize>(tap * 16), job.zeros);
      store<usize>(outputs + <usize>(i * 4), trash);
    }
    if (++column == job.columns) {
      column = 0;
      if (++row == job.rows) {
        row = 0;
        image++;
      }
    }
  }
}

function pointTaps(job: Convolution, target: usize, image: i32, down: i32, across: i32): void {
  const rows = <u32>job.inputRows;
  const columns = <u32>job.inputColumns;
  const bytes = <usize>job.channels * 4;
  const first = job.input + <usize>image * rows * columns * bytes;
  let tap = job.taps;
  const end = tap + <usize>job.tapCount * 8;
  while (tap < end) {
    const row = <u32>(down + load<i32>(tap));
    const column = <u32>(across + load<i32>(tap, 4));
    const inside = row < rows && column < columns;
    store<usize>(target, inside ? first + (row * columns + column) * bytes : job.zeros);
    tap += 8;
    target += 16;
  }
}
