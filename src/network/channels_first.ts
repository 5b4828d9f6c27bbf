import type { NamedArray } from "./safetensors.ts";

/**
 * Brings a convolution's kernel from the layout of tfjs into that of ONNX and PyTorch.
 * @param kernel [Kh, Kw, C, F]; of a transposed convolution [Kh, Kw, F, C].
 * @returns [F, C, Kh, Kw]; of a transposed convolution [C, F, Kh, Kw], which they call [in, out].
 */
export function channelsFirst({ name, shape, values }: NamedArray): NamedArray {
  const [height, width, inner, outer] = shape as [number, number, number, number];
  const area = height * width;
  const reordered = new Float32Array(values.length);
  for (let place = 0, from = 0; place < area; place++) {
    for (let i = 0; i < inner; i++) {
      for (let o = 0; o < outer; o++) reordered[(o * inner + i) * area + place] = values[from++]!;
    }
  }
  return { name, shape: [outer, inner, height, width], values: reordered };
}
