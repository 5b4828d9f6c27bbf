/** Files of a `.tar.gz`, streamed: the archive is read from start to end, nothing is unpacked. */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import tar from "tar-stream";
import type { SourceFile } from "./source.ts";

const READ_BYTES = 1 << 20;
const UNZIP_BYTES = 1 << 18;

/** Goes through the archive's regular files; a damaged or cut-off archive throws. */
export async function* tarSource(path: string): AsyncGenerator<SourceFile> {
  const input = createReadStream(path, { highWaterMark: READ_BYTES });
  const extract = tar.extract();
  // A failure of any part destroys `extract` with the error, and so ends the loop.
  pipeline(input, createGunzip({ chunkSize: UNZIP_BYTES }), extract, () => {});
  try {
    for await (const entry of extract) {
      if (entry.header.type !== "file") {
        entry.resume();
        continue;
      }
      let read = false;
      yield {
        path: entry.header.name,
        bytes: entry.header.size ?? 0,
        read: () => {
          read = true;
          return collect(entry as AsyncIterable<Uint8Array>, entry.header.size ?? 0);
        },
      };
      if (!read) entry.resume();
    }
  } finally {
    input.destroy();
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of chunks) {
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  return bytes;
}
