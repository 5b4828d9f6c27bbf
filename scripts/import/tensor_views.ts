/** Tensors as parts of storages, as PyTorch keeps them. */
import type { NamedArray } from "../../src/network/safetensors.ts";
import type { PickleValue } from "./pickle.ts";
import type { StorageType } from "./storage_types.ts";

/** Numbers that lie outside of the pickle. */
export interface Storage {
  type: StorageType;
  key: string;
  values: number;
}

/** A part of a storage, as a tensor. */
export interface TensorView {
  storage: Storage;
  offset: number;
  shape: number[];
  strides: number[];
}

/** Views may share a storage, which must not become as many copies of it. */
const MOST_VALUES = 2 ** 28;

/**
 * Reads the tensors of a dictionary, or of the one in it that is named `state_dict`.
 * @param bytesOf Of a storage; undefined for one that is not there.
 * @returns By name, without the `module.` of data-parallel training.
 * @throws {SyntaxError} When a tensor leaves its storage, a name comes twice, or there are no tensors.
 */
export function tensorsOf(
  value: PickleValue,
  bytesOf: (storage: Storage) => Uint8Array | undefined,
): Map<string, NamedArray> {
  const inner = value instanceof Map ? value.get("state_dict") ?? value : value;
  if (!(inner instanceof Map)) refuse("must hold a dictionary of tensors");
  const arrays = new Map<string, NamedArray>();
  let values = 0;
  for (const [key, tensor] of inner) {
    if (!("strides" in Object(tensor))) continue;
    const name = String(key).replace(/^module\./, "");
    values += spanOf(tensor as TensorView);
    if (!(values <= MOST_VALUES)) refuse(`must have ${MOST_VALUES} values or less, got ${values}`);
    const array = arrayOf(name, tensor as TensorView, bytesOf);
    if (arrays.has(name)) refuse(`must hold ${JSON.stringify(name)} once`);
    arrays.set(name, array);
  }
  if (arrays.size === 0) refuse("must hold tensors, got none");
  return arrays;
}

/** Values that are read for a view: those between its first and its last one too. */
function spanOf({ shape, strides }: TensorView): number {
  const count = shape.reduce((product, side) => product * side, 1);
  const span = shape.reduce((sum, side, i) => sum + (side - 1) * (strides[i] ?? 0), 1);
  return Math.max(count, span);
}

function arrayOf(
  name: string,
  { storage, offset, shape, strides }: TensorView,
  bytesOf: (storage: Storage) => Uint8Array | undefined,
): NamedArray {
  const count = shape.reduce((product, side) => product * side, 1);
  const last = shape.reduce((sum, side, i) => sum + (side - 1) * strides[i]!, offset);
  const bytes = bytesOf(storage);
  const size = storage.type.bytes;
  const held = (bytes?.length ?? 0) / size;
  const isInside = count > 0 ? last < held : shape.every((side) => side <= held);
  if (strides.length !== shape.length || count > held || !isInside) {
    refuse(`${JSON.stringify(name)} [${shape}] must lie in its storage, got one of ${held} values`);
  }
  const used = count > 0 ? bytes!.slice(offset * size, (last + 1) * size) : new Uint8Array();
  const floats = storage.type.toFloats(used as Uint8Array<ArrayBuffer>);
  return { name, shape, values: ordered(floats, { count, shape, strides }) };
}

/** Values in the order of the last index fastest. */
function ordered(
  floats: Float32Array,
  { count, shape, strides }: Pick<TensorView, "shape" | "strides"> & { count: number },
): Float32Array {
  const contiguous = shape.map((_, i) =>
    shape.slice(i + 1).reduce((product, side) => product * side, 1)
  );
  const isContiguous = strides.every((stride, i) => shape[i] === 1 || stride === contiguous[i]);
  if (isContiguous) return floats;
  return Float32Array.from({ length: count }, (_, index) => {
    const at = shape.reduce(
      (sum, side, i) => sum + strides[i]! * (Math.floor(index / contiguous[i]!) % side),
      0,
    );
    return floats[at]!;
  });
}

/** Says what a checkpoint must be. @throws {SyntaxError} Always. */
export function refuse(rule: string): never {
  throw new SyntaxError(`Cannot read checkpoint: ${rule}`);
}
