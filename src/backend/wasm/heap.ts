import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

/** A tensor's values where they lie in the WASM heap. Any later allocation may invalidate the view. */
export function heapView(tensor: tf.TensorInfo): Float32Array {
  return wasmBackend().typedArrayFromHeap(tensor) as Float32Array;
}

/** Where a tensor's values begin in the WASM heap, in bytes; it stays there until it is disposed. */
export function heapAddress(tensor: tf.TensorInfo): number {
  return wasmBackend().dataIdMap.get(tensor.dataId).memoryOffset;
}

/** A new tensor whose values the caller writes: they are whatever the memory held before. */
export function heapTensor<R extends tf.Rank>(shape: number[]): tf.Tensor<R> {
  const info = wasmBackend().makeOutput(shape, "float32");
  return tf.engine().makeTensorFromTensorInfo(info) as tf.Tensor<R>;
}

/** Lends room in the WASM heap, on a cache line's border, while `run` runs. */
export function withHeapRoom(bytes: number, run: (address: number) => void): void {
  const backend = wasmBackend();
  const room = backend.makeOutput([Math.ceil(bytes / 4) + 16], "int32");
  try {
    run(Math.ceil(heapAddress(room) / 64) * 64);
  } finally {
    backend.disposeData(room.dataId);
  }
}

/** The backend that runs. */
export function wasmBackend(): BackendWasm {
  return tf.backend() as BackendWasm;
}
