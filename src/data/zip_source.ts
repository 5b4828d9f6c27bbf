/** Files of a zip, by its central directory: only what is wanted is read. */
import { crc32 } from "node:zlib";
import yauzl from "yauzl";
import type { SourceFile } from "./source.ts";

interface ZipEntry {
  fileName: string;
  uncompressedSize: number;
  crc32: number;
}

interface ZipFile {
  eachEntry(): AsyncIterable<ZipEntry>;
  openReadStreamPromise(entry: ZipEntry): Promise<AsyncIterable<Uint8Array>>;
  close(): void;
}

/** Goes through the zip's files; a broken directory throws, a broken file throws when it is read. */
export async function* zipSource(path: string): AsyncGenerator<SourceFile> {
  const zip: ZipFile = await yauzl.openPromise(path, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith("/")) continue;
      yield {
        path: entry.fileName,
        bytes: entry.uncompressedSize,
        read: () => readEntry(zip, entry),
      };
    }
  } finally {
    zip.close();
  }
}

async function readEntry(zip: ZipFile, entry: ZipEntry): Promise<Uint8Array> {
  const bytes = new Uint8Array(entry.uncompressedSize);
  let filled = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  if (crc32(bytes) !== entry.crc32) {
    throw new Error(`Cannot read ${entry.fileName} in the zip: its checksum is wrong`);
  }
  return bytes;
}
