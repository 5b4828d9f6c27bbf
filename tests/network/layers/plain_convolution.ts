/** 2-D convolution with "same" padding and its gradients, in plain loops and double precision. */

/** Sizes of a convolution. */
export interface PlainConvolution {
  images: number;
  height: number;
  width: number;
  channels: number;
  filters: number;
  kernelSize: number;
  strides: number;
  dilation: number;
}

/** Sums of products before any bias, [N, Ho, Wo, F]. */
export function convolve(
  x: ArrayLike<number>,
  kernel: ArrayLike<number>,
  sizes: PlainConvolution,
): Float64Array {
  const y = new Float64Array(outputSize(sizes));
  eachProduct(sizes, (out, input, tap) => y[out]! += x[input]! * kernel[tap]!);
  return y;
}

/** Gradients of input [N, H, W, C] and kernel [K, K, C, F], given that of the sums. */
export function convolutionGradients(
  { x, kernel, dy }: Record<"x" | "kernel" | "dy", ArrayLike<number>>,
  sizes: PlainConvolution,
): { dx: Float64Array; dKernel: Float64Array } {
  const [dx, dKernel] = [new Float64Array(x.length), new Float64Array(kernel.length)];
  eachProduct(sizes, (out, input, tap) => {
    dx[input]! += dy[out]! * kernel[tap]!;
    dKernel[tap]! += dy[out]! * x[input]!;
  });
  return { dx, dKernel };
}

/** Values of the output. */
export function outputSize({ images, height, width, filters, strides }: PlainConvolution): number {
  return images * Math.ceil(height / strides) * Math.ceil(width / strides) * filters;
}

/** Calls back for each product that a convolution adds up. */
function eachProduct(
  sizes: PlainConvolution,
  add: (out: number, input: number, tap: number) => void,
): void {
  const { images, height, width, channels, filters, kernelSize } = sizes;
  const rows = linePairs(height, sizes);
  const columns = linePairs(width, sizes);
  const [tall, wide] = [height, width].map((side) => Math.ceil(side / sizes.strides));
  for (let image = 0; image < images; image++) {
    for (const row of rows) {
      for (const column of columns) {
        const out = ((image * tall! + row.out) * wide! + column.out) * filters;
        const input = ((image * height + row.input) * width + column.input) * channels;
        const tap = (row.tap * kernelSize + column.tap) * channels * filters;
        for (let c = 0; c < channels; c++) {
          for (let f = 0; f < filters; f++) add(out + f, input + c, tap + c * filters + f);
        }
      }
    }
  }
}

/** Which input each output of a line sees through which tap. */
function linePairs(side: number, { kernelSize, strides, dilation }: PlainConvolution) {
  const outputs = Math.ceil(side / strides);
  const reach = (kernelSize - 1) * dilation + 1;
  const before = Math.max((outputs - 1) * strides + reach - side, 0) >> 1;
  const pairs: { out: number; input: number; tap: number }[] = [];
  for (let out = 0; out < outputs; out++) {
    for (let tap = 0; tap < kernelSize; tap++) {
      const input = out * strides + tap * dilation - before;
      if (input >= 0 && input < side) pairs.push({ out, input, tap });
    }
  }
  return pairs;
}
