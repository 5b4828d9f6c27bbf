/** Tensors of a PyTorch checkpoint, zip or legacy: whatever else it holds is refused. */
import { fileBytes, readAt } from "../../src/data/files.ts";
import { zipSource } from "../../src/data/zip_source.ts";
import type { NamedArray } from "../../src/network/safetensors.ts";
import { type PickleGlobal, type PickleValue, unpickle } from "./pickle.ts";

/** How values of a storage lie in its bytes. */
interface StorageType {
  bytes: number;
  toFloats: (bytes: Uint8Array<ArrayBuffer>) => Float32Array;
}

const STORAGE_TYPES: Record<string, StorageType> = {
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

/** Numbers that lie outside of the pickle. */
interface Storage {
  type: StorageType;
  key: string;
  values: number;
}

/** A part of a storage, as a tensor. */
interface TensorView {
  storage: Storage;
  offset: number;
  shape: number[];
  strides: number[];
}

/** The pickle of a state dictionary takes some 100 bytes a tensor. */
const MOST_PICKLE_BYTES = 16 << 20;
/** @see PyTorch, torch/serialization.py: the first pickle of a legacy file. */
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const ZIP_SIGNATURE = 0x04034b50;

/**
 * Reads all tensors of a state dictionary, as 32-bit floats in PyTorch's order.
 * @returns By name, without the `module.` of data-parallel training.
 * @throws {SyntaxError} When the file is cut off or damaged, claims more than it holds, or names
 * anything but tensors.
 * @throws {Error} When it cannot be read.
 */
export async function readTorchCheckpoint(path: string): Promise<Map<string, NamedArray>> {
  using file = await Deno.open(path);
  const head = new DataView(new ArrayBuffer(4));
  if (!readAt(file, 0, new Uint8Array(head.buffer))) refuse("must have 4 bytes or more");
  try {
    const isZip = head.getUint32(0, true) === ZIP_SIGNATURE;
    return isZip ? await readZip(path) : readLegacy(await Deno.readFile(path));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw cause;
    throw new SyntaxError(`Cannot read checkpoint ${path}: it is damaged`, { cause });
  }
}

async function readZip(path: string): Promise<Map<string, NamedArray>> {
  const held = await fileBytes(path) ?? 0;
  const storages = new Map<string, Uint8Array>();
  let pickle: Uint8Array | undefined;
  for await (const { path: name, bytes, read } of zipSource(path)) {
    if (bytes > held) refuse(`${name} must fit into the file of ${held} bytes, got ${bytes}`);
    const key = /^[^/]+\/data\/([^/]+)$/.exec(name)?.[1];
    if (key !== undefined) storages.set(key, await read());
    if (!/^[^/]+\/data\.pkl$/.test(name)) continue;
    if (bytes > MOST_PICKLE_BYTES) refuse(`data.pkl must be small, got ${bytes} bytes`);
    pickle = await read();
  }
  if (!pickle) refuse("the zip must hold data.pkl, got none");
  const { value } = unpickle(pickle, { globals: GLOBALS, persistentLoad: storageOf });
  return tensorsOf(value, ({ key }) => storages.get(key));
}

/** Magic number, protocol, system, the dictionary, the storages' keys: pickles; then the storages. */
function readLegacy(bytes: Uint8Array): Map<string, NamedArray> {
  const storages = new Map<string, Storage>();
  const persistentLoad = (id: PickleValue) => {
    const storage = storageOf(id);
    storages.set(storage.key, storage);
    return storage;
  };
  let at = 0;
  const next = () => {
    const { value, end } = unpickle(bytes, { globals: GLOBALS, persistentLoad, start: at });
    at = end;
    return value;
  };
  if (next() !== LEGACY_MAGIC) refuse("must begin with PyTorch's magic number, or be a zip");
  next();
  next();
  const dictionary = next();
  const keys = next();
  if (!Array.isArray(keys)) refuse("must list its storages");
  const parts = new Map<string, Uint8Array>();
  for (const key of keys) {
    const storage = storages.get(String(key));
    if (!storage) refuse(`storage ${key} must belong to a tensor`);
    const length = storage.type.bytes * storage.values;
    const start = at + 8; // behind the number of its values
    if (start + length > bytes.length) {
      refuse(`storage ${key} must fit into the file, got ${length} bytes at ${start}`);
    }
    parts.set(storage.key, bytes.subarray(start, start + length));
    at = start + length;
  }
  return tensorsOf(dictionary, ({ key }) => parts.get(key));
}

const GLOBALS: ReadonlyMap<string, PickleGlobal> = new Map(
  [
    { name: "collections.OrderedDict", call: () => new Map() },
    { name: "torch._utils._rebuild_tensor_v2", call: rebuildTensor },
    { name: "torch._utils._rebuild_parameter", call: ([data]: PickleValue[]) => data! },
    ...Object.keys(STORAGE_TYPES).map((name) => ({ name: `torch.${name}` })),
  ].map((global) => [global.name, global]),
);

function storageOf(id: PickleValue): Storage {
  const [kind, type, key, , values] = Array.isArray(id) ? id : [];
  const name = (Object(type) as Partial<PickleGlobal>).name?.replace("torch.", "") ?? "";
  const storageType = STORAGE_TYPES[name];
  if (kind !== "storage" || !storageType || !isCount(values)) {
    refuse("must refer to storages of numbers alone");
  }
  return { type: storageType, key: String(key), values };
}

function rebuildTensor([storage, offset, shape, strides]: PickleValue[]): TensorView {
  const isCounts = (list: unknown): list is number[] => Array.isArray(list) && list.every(isCount);
  const isStorage = "values" in Object(storage) && "key" in Object(storage);
  if (!isStorage || !isCount(offset) || !isCounts(shape) || !isCounts(strides)) {
    refuse("a tensor must have a storage, an offset, a shape and strides");
  }
  return { storage: storage as Storage, offset, shape, strides };
}

/** The tensors of a dictionary, or of the one in it that is named `state_dict`. */
function tensorsOf(
  value: PickleValue,
  bytesOf: (storage: Storage) => Uint8Array | undefined,
): Map<string, NamedArray> {
  const inner = value instanceof Map ? value.get("state_dict") ?? value : value;
  if (!(inner instanceof Map)) refuse("must hold a dictionary of tensors");
  const arrays = new Map<string, NamedArray>();
  for (const [key, tensor] of inner) {
    if (!("strides" in Object(tensor))) continue;
    const name = String(key).replace(/^module\./, "");
    arrays.set(name, arrayOf(name, tensor as TensorView, bytesOf));
  }
  if (arrays.size === 0) refuse("must hold tensors, got none");
  return arrays;
}

function arrayOf(
  name: string,
  { storage, offset, shape, strides }: TensorView,
  bytesOf: (storage: Storage) => Uint8Array | undefined,
): NamedArray {
  const count = shape.reduce((product, side) => product * side, 1);
  const last = shape.reduce((sum, side, i) => sum + (side - 1) * strides[i]!, offset);
  const bytes = bytesOf(storage);
  const held = (bytes?.length ?? 0) / storage.type.bytes;
  if (strides.length !== shape.length || count > held || (count > 0 && last >= held)) {
    refuse(`${name} [${shape}] must lie in its storage, got one of ${held} values`);
  }
  const floats = storage.type.toFloats(Uint8Array.from(bytes!));
  return { name, shape, values: ordered(floats, { count, offset, shape, strides }) };
}

/** Values in the order of the last index fastest. */
function ordered(
  floats: Float32Array,
  { count, offset, shape, strides }: Omit<TensorView, "storage"> & { count: number },
): Float32Array {
  const contiguous = shape.map((_, i) =>
    shape.slice(i + 1).reduce((product, side) => product * side, 1)
  );
  const isContiguous = strides.every((stride, i) => shape[i] === 1 || stride === contiguous[i]);
  if (isContiguous) return floats.slice(offset, offset + count);
  return Float32Array.from({ length: count }, (_, index) => {
    const at = shape.reduce(
      (sum, side, i) => sum + strides[i]! * (Math.floor(index / contiguous[i]!) % side),
      offset,
    );
    return floats[at]!;
  });
}

function fromBfloat16(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (high) => high << 16).buffer);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function refuse(rule: string): never {
  throw new SyntaxError(`Cannot read checkpoint: ${rule}`);
}
