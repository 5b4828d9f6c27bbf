import * as tf from "@tensorflow/tfjs";

/** Where a 2-D convolution reads: the sizes behind strides, padding and dilations. */
export type ConvolutionGeometry = tf.backend_util.Conv2DInfo;

/** The attributes of tfjs' convolution kernels; the gradients' dilations are our addition. */
export interface ConvolutionAttributes {
  strides: number | [number, number];
  pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  dilations?: number | [number, number];
  dataFormat?: "NHWC" | "NCHW";
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * Works out a convolution's geometry from what tfjs hands to its kernels.
 * @param shapes Input [N, H, W, C] and kernel [Kh, Kw, C, Cout].
 */
export function convolutionGeometry(
  { input, kernel }: { input: number[]; kernel: number[] },
  { strides, pad, dilations, dimRoundingMode }: ConvolutionAttributes,
): ConvolutionGeometry {
  return tf.backend_util.computeConv2DInfo(
    input as [number, number, number, number],
    kernel as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
  );
}

/** Each of a kernel's weights: its index among them, and the input pixel that it reads for (0, 0). */
export function kernelTaps(
  geometry: ConvolutionGeometry,
): { index: number; at: [number, number] }[] {
  const { filterHeight, filterWidth, dilationHeight, dilationWidth, padInfo } = geometry;
  return Array.from({ length: filterHeight * filterWidth }, (_, index) => ({
    index,
    at: [
      Math.floor(index / filterWidth) * dilationHeight - padInfo.top,
      (index % filterWidth) * dilationWidth - padInfo.left,
    ],
  }));
}
