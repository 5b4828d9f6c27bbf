/** Messages between the server and its picture processes, over pipes. */

/** What is said, and bytes that belong to it. */
export interface Message<Header = unknown> {
  header: Header;
  body: Uint8Array<ArrayBuffer>;
}

/** Lengths of header and body, 32-bit little-endian each. */
const PREFIX_BYTES = 8;

/**
 * Writes a message: the two lengths, the header as JSON, the body in parts.
 * @throws {Error} When the other side is gone.
 */
export async function writeMessage(
  stream: WritableStream<Uint8Array>,
  header: unknown,
  parts: readonly Uint8Array[] = [],
): Promise<void> {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array(PREFIX_BYTES + text.length);
  const view = new DataView(start.buffer);
  view.setUint32(0, text.length, true);
  view.setUint32(4, parts.reduce((sum, { length }) => sum + length, 0), true);
  start.set(text, PREFIX_BYTES);
  const writer = stream.getWriter();
  try {
    for (const part of [start, ...parts]) await writer.write(part);
  } finally {
    writer.releaseLock();
  }
}

/**
 * Reads messages until the stream ends; what is left of a message that breaks off is dropped.
 * @throws {SyntaxError} When a header is no JSON.
 */
export async function* readMessages<Header>(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Message<Header>> {
  const reader = new PipeReader(stream);
  while (true) {
    const prefix = await reader.read(PREFIX_BYTES);
    if (!prefix) return;
    const view = new DataView(prefix.buffer);
    const header = await reader.read(view.getUint32(0, true));
    const body = header && await reader.read(view.getUint32(4, true));
    if (!header || !body) return;
    yield { header: JSON.parse(new TextDecoder().decode(header)), body };
  }
}

/** Reads exact numbers of bytes from a stream of chunks. */
class PipeReader {
  readonly #chunks: ReadableStreamDefaultReader<Uint8Array>;
  #rest = new Uint8Array(0);

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#chunks = stream.getReader();
  }

  /** The next bytes, in a buffer of their own; undefined when the stream ends before. */
  async read(length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      if (this.#rest.length === 0) {
        const { value } = await this.#chunks.read();
        if (!value) return undefined;
        this.#rest = value as Uint8Array<ArrayBuffer>;
      }
      const part = this.#rest.subarray(0, length - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return bytes;
  }
}
