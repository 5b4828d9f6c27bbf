/** Tensors of a PyTorch checkpoint, zip or legacy: whatever else it holds is refused. */
import { fileBytes, readAt } from "../../src/data/files.ts";
import { zipSource } from "../../src/data/zip_source.ts";
import type { NamedArray } from "../../src/network/safetensors.ts";
import { STORAGE_TYPES } from "./storage_types.ts";
import { refuse, type Storage, tensorsOf, type TensorView } from "./tensor_views.ts";
import { type PickleGlobal, type PickleValue, unpickle } from "./pickle.ts";

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
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SyntaxError(`Cannot read checkpoint ${path}: it is damaged, ${reason}`, { cause });
  }
}

async function readZip(path: string): Promise<Map<string, NamedArray>> {
  const held = await fileBytes(path) ?? 0;
  const pickle = (await readEntries(path, (name) => /^[^/]+\/data\.pkl$/.test(name), {
    mostBytes: Math.min(held, MOST_PICKLE_BYTES),
  })).values().next().value;
  if (!pickle) refuse("the zip must hold data.pkl, got none");
  const keys = new Set<string>();
  const persistentLoad = (id: PickleValue) => {
    const storage = storageOf(id);
    keys.add(storage.key);
    return storage;
  };
  const { value } = unpickle(pickle, { globals: GLOBALS, persistentLoad });
  const [order] = (await readEntries(path, (name) => /^[^/]+\/byteorder$/.test(name), {
    mostBytes: Math.min(held, 100),
  })).values();
  if (order && new TextDecoder().decode(order) !== "little") {
    refuse("must have little-endian numbers");
  }
  const keyOf = (name: string) => /^[^/]+\/data\/([^/]+)$/.exec(name)?.[1] ?? "";
  const entries = await readEntries(path, (name) => keys.has(keyOf(name)), { mostBytes: held });
  const storages = new Map([...entries].map(([name, bytes]) => [keyOf(name), bytes]));
  if (storages.size < entries.size) refuse("must hold each storage once");
  return tensorsOf(value, ({ key }) => storages.get(key));
}

/** Reads those files of a zip that are wanted; together they have no more bytes than the zip itself. */
async function readEntries(
  path: string,
  isWanted: (name: string) => boolean,
  { mostBytes }: { mostBytes: number },
): Promise<Map<string, Uint8Array>> {
  const entries = new Map<string, Uint8Array>();
  let sum = 0;
  for await (const { path: name, bytes, read } of zipSource(path)) {
    if (!isWanted(name)) continue;
    sum += bytes;
    if (sum > mostBytes) {
      refuse(`files of the zip must have ${mostBytes} bytes or less, got ${sum}`);
    }
    entries.set(name, await read());
  }
  return entries;
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
  const system = next();
  if (system instanceof Map && system.get("little_endian") === false) {
    refuse("must have little-endian numbers");
  }
  const dictionary = next();
  const keys = next();
  if (!Array.isArray(keys)) refuse("must list its storages");
  const parts = readStorages(bytes, { start: at, keys, storages });
  return tensorsOf(dictionary, ({ key }) => parts.get(key));
}

/** Each storage is its count of values, in 8 bytes, and the values. */
function readStorages(
  bytes: Uint8Array,
  { start: first, keys, storages }: {
    start: number;
    keys: readonly PickleValue[];
    storages: ReadonlyMap<string, Storage>;
  },
): Map<string, Uint8Array> {
  const parts = new Map<string, Uint8Array>();
  let at = first;
  for (const key of keys) {
    const storage = storages.get(String(key));
    if (!storage) refuse(`storage ${key} must belong to a tensor`);
    const length = storage.type.bytes * storage.values;
    const start = at + 8;
    const count = start <= bytes.length ? new DataView(bytes.buffer).getBigInt64(at, true) : -1n;
    if (count !== BigInt(storage.values)) {
      refuse(`storage ${key} must have ${storage.values} values, got ${count}`);
    }
    if (start + length > bytes.length) {
      refuse(`storage ${key} must fit into the file, got ${length} bytes at ${start}`);
    }
    parts.set(storage.key, bytes.subarray(start, start + length));
    at = start + length;
  }
  return parts;
}

const GLOBALS: ReadonlyMap<string, PickleGlobal> = new Map(
  [
    { name: "collections.OrderedDict", call: orderedDictionary },
    { name: "torch._utils._rebuild_tensor_v2", call: rebuildTensor },
    { name: "torch._utils._rebuild_parameter", call: ([data]: PickleValue[]) => data! },
    ...Object.keys(STORAGE_TYPES).map((name) => ({ name: `torch.${name}` })),
  ].map((global) => [global.name, global]),
);

/** Empty, or of a list of pairs, as Python 2 writes it. */
function orderedDictionary([items = []]: PickleValue[]): PickleValue {
  const isPairs = Array.isArray(items) && items.every((item) => Array.isArray(item));
  if (!isPairs) refuse("a dictionary must be made of pairs");
  return new Map(items as [PickleValue, PickleValue][]);
}

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

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
