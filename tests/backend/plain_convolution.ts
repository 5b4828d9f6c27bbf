/** Convolution and its gradients as plain loops in double precision. */
import type { SeededRandom } from "../random.ts";

export interface PlainConvolution {
  /** [N, H, W, C]. */
  inputShape: [number, number, number, number];
  /** [Kh, Kw, C, Cout]. */
  kernelShape: [number, number, number, number];
  strides: [number, number];
  dilations: [number, number];
  pad: "same" | "valid" | [[0, 0], [number, number], [number, number], [0, 0]];
}

/** Draws a convolution whose sizes are odd and even, tiny and not square. */
export function randomConvolution(random: SeededRandom): PlainConvolution {
  const pick = <T>(...choices: T[]): T => choices[random.integer(0, choices.length - 1)]!;
  const channels = () => pick(1, 2, 3, 4, 7, 8, 12, 17);
  const [kernelRows, kernelColumns] = pick<[number, number]>([1, 1], [3, 3], [4, 4], [5, 5], [
    3,
    2,
  ]);
  const dilations = pick<[number, number]>([1, 1], [2, 2], [1, 2]);
  const strides = pick<[number, number]>([1, 1], [2, 2], [3, 3], [2, 1]);
  const reach = (taps: number, dilation: number) => (taps - 1) * dilation + 1;
  const rows = reach(kernelRows, dilations[0]) + random.integer(0, 8);
  const columns = reach(kernelColumns, dilations[1]) + random.integer(0, 8);
  const inChannels = channels();
  return {
    inputShape: [pick(1, 2, 17), rows, columns, inChannels],
    kernelShape: [kernelRows, kernelColumns, inChannels, channels()],
    strides,
    dilations,
    pad: pick<PlainConvolution["pad"]>("same", "valid", [[0, 0], [1, 2], [0, 1], [0, 0]]),
  };
}

/** Rows or columns before the input, and of the output. */
function side(convolution: PlainConvolution, axis: 0 | 1): { before: number; out: number } {
  const { inputShape, kernelShape, strides, dilations, pad } = convolution;
  const size = inputShape[axis + 1]!;
  const reach = (kernelShape[axis]! - 1) * dilations[axis] + 1;
  if (pad === "same") {
    const out = Math.ceil(size / strides[axis]);
    return { before: Math.max((out - 1) * strides[axis] + reach - size, 0) >> 1, out };
  }
  const [before, after] = pad === "valid" ? [0, 0] : pad[axis + 1]!;
  return {
    before: before!,
    out: Math.floor((size + before! + after! - reach) / strides[axis]) + 1,
  };
}

export function outputShape(convolution: PlainConvolution): [number, number, number, number] {
  const { inputShape: [images], kernelShape } = convolution;
  return [images, side(convolution, 0).out, side(convolution, 1).out, kernelShape[3]];
}

/** Calls `visit` for each product of the convolution, with the places in the three tensors. */
function eachProduct(
  convolution: PlainConvolution,
  visit: (input: number, weight: number, output: number) => void,
): void {
  const { inputShape: [, height, width, channels], kernelShape, strides, dilations } = convolution;
  const [kernelRows, kernelColumns, , filters] = kernelShape;
  const [images, rows, columns] = outputShape(convolution);
  const [top, left] = [side(convolution, 0).before, side(convolution, 1).before];
  for (let pixel = 0; pixel < images * rows * columns; pixel++) {
    const image = Math.floor(pixel / (rows * columns));
    for (let tap = 0; tap < kernelRows * kernelColumns; tap++) {
      const row = Math.floor(pixel / columns) % rows * strides[0] - top +
        Math.floor(tap / kernelColumns) * dilations[0];
      const column = pixel % columns * strides[1] - left + tap % kernelColumns * dilations[1];
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      for (let c = 0; c < channels; c++) {
        const input = ((image * height + row) * width + column) * channels + c;
        const weight = (tap * channels + c) * filters;
        for (let f = 0; f < filters; f++) visit(input, weight + f, pixel * filters + f);
      }
    }
  }
}

const volume = (shape: number[]) => shape.reduce((product, sides) => product * sides, 1);

/** @returns [N, Ho, Wo, Cout]. */
export function plainForward(
  convolution: PlainConvolution,
  { input, kernel }: { input: Float32Array; kernel: Float32Array },
): Float64Array {
  const sums = new Float64Array(volume(outputShape(convolution)));
  eachProduct(convolution, (i, w, o) => sums[o]! += input[i]! * kernel[w]!);
  return sums;
}

/** @returns [N, H, W, C]. */
export function plainInputGradient(
  convolution: PlainConvolution,
  { dy, kernel }: { dy: Float32Array; kernel: Float32Array },
): Float64Array {
  const sums = new Float64Array(volume(convolution.inputShape));
  eachProduct(convolution, (i, w, o) => sums[i]! += dy[o]! * kernel[w]!);
  return sums;
}

/** @returns [Kh, Kw, C, Cout]. */
export function plainFilterGradient(
  convolution: PlainConvolution,
  { input, dy }: { input: Float32Array; dy: Float32Array },
): Float64Array {
  const sums = new Float64Array(volume(convolution.kernelShape));
  eachProduct(convolution, (i, w, o) => sums[w]! += input[i]! * dy[o]!);
  return sums;
}
