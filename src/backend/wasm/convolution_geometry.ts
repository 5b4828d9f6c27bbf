/** Where a 2-D convolution reads: the sizes behind stride, padding and dilation. */
export interface ConvolutionGeometry {
  images: number;
  inHeight: number;
  inWidth: number;
  inChannels: number;
  outHeight: number;
  outWidth: number;
  outChannels: number;
  kernelHeight: number;
  kernelWidth: number;
  stride: number;
  padTop: number;
  padLeft: number;
}

/** tfjs' ways to say padding. */
export type Padding = "same" | "valid" | number | [number, number][];

/**
 * Works out a convolution's geometry from what tfjs hands to its gradient kernels.
 * @param shapes Input [N, H, W, C], kernel [Kh, Kw, C, Cout] and output [N, Ho, Wo, Cout].
 * @throws {RangeError} When the two strides differ: no network here has such a convolution.
 */
export function convolutionGeometry(
  shapes: { input: number[]; kernel: number[]; output: number[] },
  { strides, pad }: { strides: number | [number, number]; pad: Padding },
): ConvolutionGeometry {
  const [images, inHeight, inWidth, inChannels] = shapes.input as [number, number, number, number];
  const [kernelHeight, kernelWidth] = shapes.kernel as [number, number];
  const [, outHeight, outWidth, outChannels] = shapes.output as [number, number, number, number];
  const [stride, strideAcross] = typeof strides === "number" ? [strides, strides] : strides;
  if (stride !== strideAcross) {
    throw new RangeError(`Cannot differentiate convolution: strides must be equal, got ${strides}`);
  }
  const before = (inSize: number, outSize: number, kernelSize: number, side: number) => {
    if (pad === "same") return Math.max((outSize - 1) * stride + kernelSize - inSize, 0) >> 1;
    if (pad === "valid") return 0;
    return typeof pad === "number" ? pad : pad[side]![0];
  };
  return {
    ...{ images, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels },
    ...{ kernelHeight, kernelWidth, stride },
    padTop: before(inHeight, outHeight, kernelHeight, 1),
    padLeft: before(inWidth, outWidth, kernelWidth, 2),
  };
}
