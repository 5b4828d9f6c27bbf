import * as tf from "@tensorflow/tfjs";
import { convFilterGradient } from "./conv_filter_gradient.ts";
import { convolutionGeometry } from "./convolution_geometry.ts";
import { runPass } from "./convolution_pass.ts";
import { heapTensor } from "./heap.ts";

/**
 * A product of matrices by the kernels of 1x1 convolutions: rows are pixels of one column, and a
 * transposed left operand is summed over its rows as a kernel's gradient is.
 * @param a [M, K], or [K, M] when transposeA.
 * @param b [K, N], or [N, K] when transposeB.
 * @returns [M, N].
 */
export function matrixProduct(
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
): tf.Tensor {
  const [rows, columns] = a.shape as [number, number];
  const outColumns = b.shape[transposeB ? 0 : 1]!;
  if (!transposeA) return rowsProduct(a, b, { outColumns, transposeB });
  return tf.tidy(() => {
    const upright = transposeB ? tf.transpose(b as tf.Tensor) : b;
    const shapes = { input: [1, rows, 1, columns], kernel: [1, 1, columns, outColumns] };
    const geometry = convolutionGeometry(shapes, { strides: 1, pad: "valid" });
    const dy = asPixels(upright, [1, rows, 1, outColumns]);
    const product = convFilterGradient(asPixels(a, [1, rows, 1, columns]), dy, geometry);
    return tf.reshape(product, [columns, outColumns]);
  });
}

function rowsProduct(
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  { outColumns, transposeB }: { outColumns: number; transposeB: boolean },
): tf.Tensor {
  const [rows, columns] = a.shape as [number, number];
  return tf.tidy(() => {
    const output = heapTensor<tf.Rank.R4>([1, rows, 1, outColumns]);
    runPass({
      input: asPixels(a, [1, rows, 1, columns]),
      weights: {
        kernel: b,
        channels: columns,
        channelStride: transposeB ? 1 : outColumns,
        outputChannels: outColumns,
        outputChannelStride: transposeB ? columns : 1,
      },
      grid: [rows, 1],
      inputStep: [1, 1],
      taps: [{ index: 0, at: [0, 0] }],
      output,
      first: [0, 0],
      step: [1, 1],
    });
    return tf.reshape(output, [rows, outColumns]);
  });
}

/** The same values as pixels, without a copy. */
function asPixels(info: tf.TensorInfo, shape: [number, number, number, number]): tf.Tensor4D {
  return { ...info, shape } as unknown as tf.Tensor4D;
}
