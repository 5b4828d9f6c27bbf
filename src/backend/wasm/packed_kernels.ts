import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { heapAddress, wasmBackend, withHeapRoom } from "./heap.ts";

/**
 * What kept kernels may take together. Those beyond are packed anew each time: to drop others for
 * them would have a network that is larger pack all of its own anew.
 */
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

interface Kept {
  backend: BackendWasm;
  /** A tensor of the heap that no tfjs tensor stands for. */
  room: ReturnType<BackendWasm["makeOutput"]>;
  bytes: number;
}

/** By the kernel's data, then by order. */
const kept = new Map<object, Map<string, Kept>>();
let keptBytes = 0;
const watched = new WeakSet<BackendWasm>();

/**
 * Whether gradients are wanted of what runs: then kernels change from step to step, and nothing
 * that is made of them is worth keeping. The same without gradients is inference.
 */
export function isTraining(): boolean {
  return tf.engine().state.gradientDepth > 0;
}

/**
 * Lends a kernel's packed values while `run` runs: packed in this call, or kept from one before:
 * packing takes as long for one picture as for many.
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
  const backend = wasmBackend();
  const room = backend.makeOutput([Math.ceil(bytes / 4) + 16], "int32");
  pack(addressIn(room));
  if (!kept.has(dataId)) kept.set(dataId, new Map());
  kept.get(dataId)!.set(order, { backend, room, bytes });
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

/** Has kernels forgotten when the backend that runs disposes them. Doing it again changes nothing. */
export function watchDisposals(): void {
  const backend = wasmBackend();
  if (watched.has(backend)) return;
  watched.add(backend);
  const dispose = backend.disposeData.bind(backend);
  backend.disposeData = (dataId, force) => {
    const isGone = dispose(dataId, force);
    if (isGone) forgetPacked(dataId);
    return isGone;
  };
}

/** Frees what was packed of a kernel. */
function forgetPacked(dataId: object): void {
  const orders = kept.get(dataId);
  if (!orders) return;
  kept.delete(dataId);
  for (const { backend, room, bytes } of orders.values()) {
    keptBytes -= bytes;
    backend.disposeData(room.dataId);
  }
}

/** On a cache line's border. */
function addressIn(room: Kept["room"]): number {
  return Math.ceil(heapAddress(room) / 64) * 64;
}
