/** Files of a zip, by its central directory: only what is wanted is read. */
import { crc32, inflateRawSync } from "node:zlib";
import yauzl from "yauzl";
import { readAt } from "./files.ts";
import type { SourceFile } from "./source.ts";

interface ZipEntry {
  fileName: string;
  compressionMethod: number;
  compressedSize: number;
  uncompressedSize: number;
  relativeOffsetOfLocalHeader: number;
  crc32: number;
}

interface ZipFile {
  eachEntry(): AsyncIterable<ZipEntry>;
  close(): void;
}

// Of the local file header; see APPNOTE.TXT 6.3.10, 4.3.7 (PKWARE).
const HEADER_BYTES = 30, NAME_LENGTH_AT = 26, EXTRA_LENGTH_AT = 28;
const HEADER_SIGNATURE = 0x04034b50;

const STORED = 0, DEFLATED = 8;

/** Goes through the zip's files; a broken directory throws, a broken file throws when it is read. */
export async function* zipSource(path: string): AsyncGenerator<SourceFile> {
  const zip: ZipFile = await yauzl.openPromise(path, { autoClose: false });
  try {
    using file = await Deno.open(path);
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith("/")) continue;
      yield {
        path: entry.fileName,
        bytes: entry.uncompressedSize,
        // deno-lint-ignore require-await -- a rejected promise, not a throw, for a damaged file
        read: async () => readEntry(file, entry),
      };
    }
  } finally {
    zip.close();
  }
}

/** Two plain reads; opening a stream for each of 100,000 small files takes twice as long. */
function readEntry(file: Deno.FsFile, entry: ZipEntry): Uint8Array {
  const { fileName, compressedSize, uncompressedSize: size } = entry;
  const start = entry.relativeOffsetOfLocalHeader;
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  const packed = new Uint8Array(compressedSize);
  const found = readAt(file, start, new Uint8Array(header.buffer)) &&
    header.getUint32(0, true) === HEADER_SIGNATURE;
  const names = header.getUint16(NAME_LENGTH_AT, true) + header.getUint16(EXTRA_LENGTH_AT, true);
  if (!found || !readAt(file, start + HEADER_BYTES + names, packed)) {
    throw new Error(`Cannot read ${fileName} in the zip: it is not where the directory says`);
  }
  const bytes = unpack(packed, entry);
  if (bytes.length !== size || crc32(bytes) !== entry.crc32) {
    throw new Error(`Cannot read ${fileName} in the zip: its size or checksum is wrong`);
  }
  return bytes;
}

function unpack(packed: Uint8Array, entry: ZipEntry): Uint8Array {
  const { fileName, compressionMethod, uncompressedSize } = entry;
  if (compressionMethod === STORED) return packed;
  if (compressionMethod !== DEFLATED) {
    throw new TypeError(
      `Cannot read ${fileName} in the zip: must be stored or deflated, got method ${compressionMethod}`,
    );
  }
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, uncompressedSize) });
  } catch (cause) {
    throw new Error(`Cannot read ${fileName} in the zip: its data are damaged`, { cause });
  }
}
