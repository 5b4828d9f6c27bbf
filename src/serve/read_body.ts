import { joinBytes } from "./join_bytes.ts";
import { ProblemError } from "./problem.ts";

/** How a body is read. */
export interface ReadBodyOptions {
  maxBytes: number;
  /** Told the bytes of each chunk; what it throws ends the reading. */
  onBytes?: ((bytes: number) => void) | undefined;
  /** Ends the reading, also while nothing arrives. */
  signal: AbortSignal;
}

/**
 * Reads a body, no further than the limit.
 * @throws {ProblemError} 413 over the limit, by its announced length or by what arrives; 400 when it
 * breaks off.
 * @throws {unknown} The signal's reason.
 */
export async function readBody(
  request: Pick<Request, "headers" | "body">,
  { maxBytes, onBytes, signal }: ReadBodyOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const refuse = () => {
    throw new ProblemError(413, `Cannot read the body: must have at most ${maxBytes} bytes`);
  };
  if (Number(request.headers.get("content-length")) > maxBytes) refuse();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bodyBytes = 0;
  try {
    for await (const chunk of endingWith(request.body, signal)) {
      bodyBytes += chunk.length;
      if (bodyBytes > maxBytes) refuse();
      onBytes?.(chunk.length);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    signal.throwIfAborted();
    throw new ProblemError(400, "Cannot read the body: it must be complete", { cause });
  }
  return joinBytes(chunks);
}

/** A stream that ends with an error when the signal does, whether its source tells anything or not. */
function endingWith(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  signal: AbortSignal,
): AsyncIterable<Uint8Array<ArrayBuffer>> {
  signal.throwIfAborted();
  if (!body) return ReadableStream.from<Uint8Array<ArrayBuffer>>([]);
  return body.pipeThrough(new TransformStream<Uint8Array<ArrayBuffer>>(), { signal });
}
