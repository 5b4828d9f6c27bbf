import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";

const STORAGE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

/**
 * Has a backend of tfjs send tensors to the device through its queue. tfjs writes them into mapped
 * buffers, and on an NVIDIA H200 Deno's `getMappedRange` took 16 ms for a megabyte of these, as if it
 * read memory of the GPU; the queue takes 0.2 ms. A training step of 256 images waited 1,130 of its
 * 1,170 ms for it.
 * @returns The backend.
 */
export function uploadThroughQueue(backend: WebGPUBackend): WebGPUBackend {
  const { bufferManager, device, tensorMap } = backend;
  backend.uploadToGPU = (dataId) => {
    const data = tensorMap.get(dataId);
    if (data.resource) return;
    // The pool holds no buffer that work still to be submitted uses, so writing at once is in time.
    const bytes = 4 * data.shape.reduce((product, side) => product * side, 1);
    const buffer = bufferManager.acquireBuffer(bytes, STORAGE);
    if (data.values) {
      device.queue.writeBuffer(buffer, 0, wordsOf(data.values as CpuValues, data.dtype));
      data.values = null as never; // they live on the device alone from now on
    }
    data.resource = buffer;
  };
  return backend;
}

/** Values as tfjs holds them on the CPU. */
type CpuValues = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** Values of 4 bytes each, as shaders read them: integers and booleans as i32. */
function wordsOf(
  values: CpuValues,
  dtype: string,
): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> {
  if (dtype === "int32" || dtype === "bool") {
    return values instanceof Int32Array ? values : Int32Array.from(values);
  }
  return values instanceof Float32Array ? values : Float32Array.from(values);
}
