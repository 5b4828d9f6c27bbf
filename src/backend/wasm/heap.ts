import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

/** A tensor's values where they lie in the WASM heap. Any later allocation may invalidate the view. */
export function heapView(tensor: tf.TensorInfo): Float32Array {
  return wasmBackend().typedArrayFromHeap(tensor) as Float32Array;
}

/** A new tensor whose values the caller writes: they are whatever the memory held before. */
export function heapTensor<R extends tf.Rank>(shape: number[]): tf.Tensor<R> {
  const info = wasmBackend().makeOutput(shape, "float32");
  return tf.engine().makeTensorFromTensorInfo(info) as tf.Tensor<R>;
}

function wasmBackend(): BackendWasm {
  return tf.backend() as BackendWasm;
}
