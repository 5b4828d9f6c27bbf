/** Writes pickles and checkpoints as PyTorch does, good ones and bad ones. */
import { zipSync } from "fflate";

const text = new TextEncoder();

function u32(value: number): number[] {
  return [...new Uint8Array(Uint32Array.of(value).buffer)];
}

/** Opcodes of some values. */
export const op = {
  text: (value: string) => [0x58, ...u32(text.encode(value).length), ...text.encode(value)],
  int: (value: number) => [0x4a, ...u32(value)],
  tuple: (...items: number[][]) => [0x28, ...items.flat(), 0x74],
  global: (module: string, name: string) => [0x63, ...text.encode(`${module}\n${name}\n`)],
  call: (called: number[], ...args: number[][]) => [...called, ...op.tuple(...args), 0x52],
  dictionary: (...pairs: [string, number[]][]) => [
    ...[0x7d, 0x28],
    ...pairs.flatMap(([key, value]) => [...op.text(key), ...value]),
    0x75,
  ],
  list: (...items: number[][]) => [0x5d, 0x28, ...items.flat(), 0x65],
};

export function pickle(value: number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([0x80, 2, ...value, 0x2e]);
}

/** A tensor over a storage of 32-bit floats. */
export function tensor(
  { key = "0", values, shape, strides, offset = 0, type = "FloatStorage" }: {
    key?: string;
    values: number;
    shape: number[];
    strides: number[];
    offset?: number;
    type?: string;
  },
): number[] {
  const id = op.tuple(
    ...[op.text("storage"), op.global("torch", type), op.text(key), op.text("cpu")],
    op.int(values),
  );
  const sizes = (list: number[]) => op.tuple(...list.map(op.int));
  return op.call(
    op.global("torch._utils", "_rebuild_tensor_v2"),
    ...[[...id, 0x51], op.int(offset), sizes(shape), sizes(strides), [0x89]],
    op.call(op.global("collections", "OrderedDict")),
  );
}

/** A checkpoint in PyTorch's zip format. */
export function zipCheckpoint(
  dictionary: number[],
  storages: Record<string, Uint8Array>,
  others: Record<string, Uint8Array> = {},
): Uint8Array {
  const entries = Object.entries(storages).map(([key, bytes]) => [`archive/data/${key}`, bytes]);
  return zipSync({
    "archive/data.pkl": pickle(dictionary),
    ...Object.fromEntries(entries),
    ...others,
  }, { level: 0 });
}

/** A checkpoint in PyTorch's legacy format, of one storage. */
export function legacyCheckpoint(
  dictionary: number[],
  { key, values }: { key: string; values: Float32Array },
): Uint8Array {
  const magic = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
  const parts = [
    ...[pickle(magic), pickle(op.int(1001)), pickle(op.dictionary()), pickle(dictionary)],
    pickle(op.list(op.text(key))),
    new Uint8Array(BigInt64Array.of(BigInt(values.length)).buffer),
    new Uint8Array(values.buffer),
  ];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
