/** The kinds of numbers that PyTorch stores, as 32-bit floats. */

/** How values of a storage lie in its bytes. */
export interface StorageType {
  bytes: number;
  toFloats: (bytes: Uint8Array<ArrayBuffer>) => Float32Array;
}

/** By the names of their classes. */
export const STORAGE_TYPES: Record<string, StorageType> = {
  FloatStorage: { bytes: 4, toFloats: ({ buffer }) => new Float32Array(buffer) },
  DoubleStorage: {
    bytes: 8,
    toFloats: ({ buffer }) => Float32Array.from(new Float64Array(buffer)),
  },
  HalfStorage: { bytes: 2, toFloats: ({ buffer }) => new Float32Array(new Float16Array(buffer)) },
  BFloat16Storage: { bytes: 2, toFloats: ({ buffer }) => fromBfloat16(new Uint16Array(buffer)) },
  LongStorage: {
    bytes: 8,
    toFloats: ({ buffer }) => Float32Array.from(new BigInt64Array(buffer), Number),
  },
};

function fromBfloat16(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (high) => high << 16).buffer);
}
