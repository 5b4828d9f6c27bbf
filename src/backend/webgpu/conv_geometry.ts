import * as tf from "@tensorflow/tfjs";

/** A convolution on channels-last tensors: its sizes, strides, dilations and padding. */
export type ConvGeometry = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/**
 * Works out a convolution's geometry from what tfjs hands to its kernels; `dilations`, which tfjs'
 * own gradient kernels do not know, are 1 unless given.
 * @param shapes Input [N, H, W, C] and kernel [Kh, Kw, C, Cout].
 * @returns Undefined for what our shaders leave to tfjs: channels first, and tensors without values.
 */
export function convGeometry(
  shapes: { input: number[]; kernel: number[] },
  attributes: Record<string, unknown>,
): ConvGeometry | undefined {
  const { strides, dilations, pad, dimRoundingMode, dataFormat } = attributes as unknown as
    & Record<"strides" | "dilations", [number, number] | undefined>
    & { pad: Pad; dimRoundingMode: "floor" | undefined; dataFormat: string | undefined };
  if (dataFormat === "NCHW") return undefined;
  const geometry = tf.backend_util.computeConv2DInfo(
    ...[shapes.input as Sizes, shapes.kernel as Sizes, strides ?? 1, dilations ?? 1, pad] as const,
    dimRoundingMode,
  );
  const sizes = [...shapes.input, ...shapes.kernel, ...geometry.outShape];
  return sizes.every((size) => size > 0) ? geometry : undefined;
}

type Sizes = [number, number, number, number];
type Pad = Parameters<typeof tf.backend_util.computeConv2DInfo>[4];

/** Uniforms that tell a shader the geometry; pairs are down and across. */
export const CONV_UNIFORMS = {
  inputSize: "vec4<i32>",
  outputSize: "vec4<i32>",
  kernelSize: "vec2<i32>",
  stride: "vec2<i32>",
  dilation: "vec2<i32>",
  padding: "vec2<i32>",
} as const;

/** Values of `CONV_UNIFORMS`. */
export function convUniforms(geometry: ConvGeometry): Record<keyof typeof CONV_UNIFORMS, number[]> {
  const { batchSize, inHeight, inWidth, inChannels, padInfo } = geometry;
  const { outHeight, outWidth, outChannels } = geometry;
  return {
    inputSize: [batchSize, inHeight, inWidth, inChannels],
    outputSize: [batchSize, outHeight, outWidth, outChannels],
    kernelSize: [geometry.filterHeight, geometry.filterWidth],
    stride: [geometry.strideHeight, geometry.strideWidth],
    dilation: [geometry.dilationHeight, geometry.dilationWidth],
    padding: [padInfo.top, padInfo.left],
  };
}
