import * as tf from "@tensorflow/tfjs";

/** Free bytes that a pool may hold for the next use; some steps at one size need no more. */
export const POOL_BYTES = 64 * 2 ** 20;

/**
 * Gives the memory of free buffers back to the device, once they are more than `keepBytes`. tfjs
 * keeps every buffer for the next tensor of exactly its size, so that work on ever new sizes would
 * take ever more memory.
 */
export function trimBufferPool({ keepBytes = POOL_BYTES } = {}): void {
  const { bufferManager: pool } = tf.backend() as unknown as { bufferManager: BufferPool };
  if (pool.numBytesAllocated - pool.numBytesUsed <= keepBytes) return;
  for (const [key, buffers] of pool.freeBuffers) {
    for (const buffer of buffers) {
      pool.numBytesAllocated -= buffer.size;
      pool.numFreeBuffers--;
      buffer.destroy();
    }
    // The pool looks up the size of a buffer in use when that becomes free.
    if (pool.usedBuffers.get(key)?.length) {
      pool.freeBuffers.set(key, []);
    } else {
      pool.freeBuffers.delete(key);
      pool.usedBuffers.delete(key);
    }
  }
}

/** The part of tfjs' `BufferManager` that its types hide. */
interface BufferPool {
  numBytesAllocated: number;
  numBytesUsed: number;
  numFreeBuffers: number;
  /** Buffers by size and usage. */
  freeBuffers: Map<string, GPUBuffer[]>;
  usedBuffers: Map<string, GPUBuffer[]>;
}
