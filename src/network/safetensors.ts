/**
 * The safetensors format: a 64-bit header length, a JSON header, raw little-endian values.
 * @see https://huggingface.co/docs/safetensors (format).
 */

/** A named array of 32-bit floats. */
export interface NamedArray {
  name: string;
  shape: number[];
  values: Float32Array;
}

/** Element types that we write: 16-bit for publishing, 32-bit for checkpoints. */
export type FloatType = "F16" | "F32";

const BYTES: Record<FloatType, number> = { F16: 2, F32: 4 };
/** A header longer than this is no header of ours. */
const MAX_HEADER_BYTES = 1 << 24;

/** Writes arrays and text metadata into one safetensors file. */
export function encodeSafetensors(
  arrays: NamedArray[],
  { type, metadata = {} }: { type: FloatType; metadata?: Record<string, string> },
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, shape, values } of arrays) {
    const end = offset + values.length * BYTES[type];
    header[name] = { dtype: type, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Padding with spaces, which JSON allows, aligns the data to 8 bytes.
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + offset).fill(0x20, 8, 8 + headerBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(json, 8);
  let at = 8 + headerBytes;
  for (const { values } of arrays) {
    const stored = type === "F32" ? values : new Float16Array(values);
    file.set(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength), at);
    at += stored.byteLength;
  }
  return file;
}

/**
 * Reads a safetensors file.
 * @throws {SyntaxError} When the header or an array's range is not what the format says.
 */
export function decodeSafetensors(
  file: Uint8Array,
): { arrays: Map<string, NamedArray>; metadata: Record<string, string> } {
  if (file.length < 8) refuse(`at least 8 bytes are needed, got ${file.length}`);
  const headerBytes = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  if (headerBytes > Math.min(MAX_HEADER_BYTES, file.length - 8)) {
    refuse(`the header must fit into the file, got a header of ${headerBytes} bytes`);
  }
  const header = parseHeader(file.subarray(8, 8 + headerBytes));
  const data = file.slice(8 + headerBytes); // a copy, so that every array starts aligned
  const { __metadata__: metadata = {}, ...entries } = header;
  const checked = Object.entries(entries).map(([name, entry]) =>
    [name, checkEntry(name, Object(entry), data.length)] as const
  );
  checkApart(checked);
  return {
    arrays: new Map(checked.map(([name, entry]) => [name, readArray(name, entry, data)])),
    metadata: checkMetadata(metadata),
  };
}

interface Entry {
  dtype: FloatType;
  shape: number[];
  data_offsets: [number, number];
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new SyntaxError("Cannot read safetensors: the header must be JSON", { cause });
  }
  if (typeof header !== "object" || header === null) refuse("the header must be an object");
  return header as Record<string, unknown>;
}

/** The metadata of the format are texts by name. */
function checkMetadata(metadata: unknown): Record<string, string> {
  const isTexts = typeof metadata === "object" && metadata !== null &&
    Object.values(metadata).every((value) => typeof value === "string");
  if (!isTexts) refuse("__metadata__ must hold texts");
  return metadata as Record<string, string>;
}

/** Arrays that share bytes could be many times as large as their file. */
function checkApart(entries: readonly (readonly [name: string, entry: Entry])[]): void {
  const ranges = entries.map(([name, { data_offsets: [start, end] }]) => ({ name, start, end }))
    .filter(({ start, end }) => end > start)
    .sort((one, other) => one.start - other.start);
  for (let i = 1; i < ranges.length; i++) {
    const { name, start } = ranges[i]!;
    if (start < ranges[i - 1]!.end) refuse(`${name} must not share bytes with others`);
  }
}

function checkEntry(name: string, entry: Partial<Entry>, dataBytes: number): Entry {
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== "F16" && dtype !== "F32") refuse(`${name} must be F16 or F32, got ${dtype}`);
  if (!isCounts(shape) || !isCounts(offsets)) {
    refuse(`${name} must have a shape and offsets of whole numbers`);
  }
  const count = shape.reduce((product, side) => product * side, 1);
  const [start, end] = offsets;
  if (!(start! >= 0 && end! <= dataBytes && end! - start! === count * BYTES[dtype])) {
    refuse(`${name} [${shape}] must lie inside the file, got bytes ${start} to ${end}`);
  }
  return { dtype, shape, data_offsets: [start!, end!] };
}

function readArray(
  name: string,
  { dtype, shape, data_offsets: [start, end] }: Entry,
  data: Uint8Array<ArrayBuffer>,
): NamedArray {
  const bytes = data.slice(start, end).buffer;
  const values = dtype === "F32"
    ? new Float32Array(bytes)
    : new Float32Array(new Float16Array(bytes));
  return { name, shape, values };
}

function isCounts(list: unknown): list is number[] {
  return Array.isArray(list) && list.every((value) => Number.isSafeInteger(value) && value >= 0);
}

function refuse(rule: string): never {
  throw new SyntaxError(`Cannot read safetensors: ${rule}`);
}
