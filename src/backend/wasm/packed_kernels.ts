import * as tf from "@tensorflow/tfjs";
import { heapAddress, wasmBackend, withHeapRoom } from "./heap.ts";

/**
 * Batches of this many images are those of training, or of its validation: kernels change from step
 * to step, and packing them takes little of a step's time.
 */
export const TRAINING_IMAGES = 16;

/** What kept kernels may take together; those beyond are packed anew each time. */
const MOST_BYTES = 128 * 1024 * 1024;

/** How a product wants a kernel. */
export interface Packing {
  /** Names the order of the packed values: the same kernel may be packed in several. */
  order: string;
  bytes: number;
  /** Whether to keep the packed values for the next call, as inference does. */
  kept: boolean;
  /** Writes the packed values. */
  pack(address: number): void;
}

/** A tensor of the heap that no tfjs tensor stands for. */
type Room = ReturnType<ReturnType<typeof wasmBackend>["makeOutput"]>;

/** By the kernel's data, then by order. */
const kept = new Map<object, Map<string, { room: Room; bytes: number }>>();

let keptBytes = 0;

/**
 * Lends a kernel's packed values while `run` runs: packed in this call, or kept from one before. A
 * small network spends a third of its time on one picture with packing.
 */
export function withPacked(
  { dataId }: tf.TensorInfo,
  { order, bytes, kept: keeps, pack }: Packing,
  run: (address: number) => void,
): void {
  const own = keeps ? kept.get(dataId)?.get(order) : undefined;
  if (own) return run(addressIn(own.room));
  if (!keeps || keptBytes + bytes > MOST_BYTES) {
    return withHeapRoom(bytes, (address) => {
      pack(address);
      run(address);
    });
  }
  const room = wasmBackend().makeOutput([Math.ceil(bytes / 4) + 16], "int32");
  pack(addressIn(room));
  if (!kept.has(dataId)) kept.set(dataId, new Map());
  kept.get(dataId)!.set(order, { room, bytes });
  keptBytes += bytes;
  run(addressIn(room));
}

/**
 * Announces that a tensor's values changed in place. XNNPACK packs the right operand of a product
 * or convolution once, and finds it again by the tensor, as our convolutions do: without this they
 * would go on with old ones.
 */
export function announceChange({ dataId }: tf.TensorInfo): void {
  forgetPacked(dataId);
  const { wasm, dataIdMap } = wasmBackend() as unknown as WasmInternals;
  const { id, memoryOffset, shape } = dataIdMap.get(dataId);
  wasm.tfjs.disposeData(id); // forgets what was packed; the memory is not its own
  wasm.tfjs.registerTensor(id, tf.util.sizeFromShape(shape), memoryOffset);
}

/** What tfjs' backend offers to its own kernels. */
interface WasmInternals {
  wasm: {
    tfjs: {
      registerTensor(id: number, size: number, memoryOffset: number): void;
      disposeData(id: number): void;
    };
  };
  dataIdMap: { get(dataId: object): { id: number; memoryOffset: number; shape: number[] } };
}

/** Frees what was packed of a kernel. */
function forgetPacked(dataId: object): void {
  const orders = kept.get(dataId);
  if (!orders) return;
  kept.delete(dataId);
  for (const { room, bytes } of orders.values()) {
    keptBytes -= bytes;
    wasmBackend().disposeData(room.dataId);
  }
}

/** Has kernels forgotten when tfjs disposes them. To be called once the backend has started. */
export function watchDisposals(): void {
  const backend = wasmBackend();
  const dispose = backend.disposeData.bind(backend);
  backend.disposeData = (dataId, force) => {
    const isGone = dispose(dataId, force);
    if (isGone) forgetPacked(dataId);
    return isGone;
  };
}

/** On a cache line's border. */
function addressIn(room: Room): number {
  return Math.ceil(heapAddress(room) / 64) * 64;
}
