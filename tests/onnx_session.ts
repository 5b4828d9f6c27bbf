/** Runs ONNX files in onnxruntime, which computes them independently of our code. */
import * as tf from "@tensorflow/tfjs";
import * as ort from "onnxruntime-node";

/** What a run gave, channels-last as tfjs has it. */
export interface OnnxResult {
  shape: number[];
  values: Float32Array;
}

/**
 * Runs an ONNX file on the CPU.
 * @param feeds Inputs by their names, [N, H, W, C]; the caller disposes them.
 * @returns Outputs by their names, turned back into [N, H, W, C].
 */
export async function runOnnx(
  file: Uint8Array,
  feeds: Record<string, tf.Tensor4D>,
): Promise<Record<string, OnnxResult>> {
  const session = await ort.InferenceSession.create(file, {
    executionProviders: ["cpu"],
    intraOpNumThreads: 1,
  });
  try {
    const inputs: Record<string, ort.Tensor> = {};
    for (const [name, feed] of Object.entries(feeds)) {
      const { shape, values } = await moved(feed, [0, 3, 1, 2]);
      inputs[name] = new ort.Tensor("float32", values, shape);
    }
    const results: Record<string, OnnxResult> = {};
    for (const [name, output] of Object.entries(await session.run(inputs))) {
      const tensor = tf.tensor(output.data as Float32Array, [...output.dims]);
      results[name] = await moved(tensor as tf.Tensor4D, [0, 2, 3, 1]);
      tensor.dispose();
    }
    return results;
  } finally {
    await session.release();
  }
}

async function moved(tensor: tf.Tensor4D, axes: number[]): Promise<OnnxResult> {
  const transposed = tf.transpose(tensor, axes);
  const values = await transposed.data<"float32">();
  transposed.dispose();
  return { shape: transposed.shape, values: values.slice() };
}
