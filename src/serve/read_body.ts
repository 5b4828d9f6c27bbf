import { joinBytes } from "./join_bytes.ts";
import { ProblemError } from "./problem.ts";

/**
 * Reads a body, no further than the limit.
 * @param onBytes Told the bytes of each chunk; what it throws ends the reading.
 * @throws {ProblemError} 413 over the limit, by its announced length or by what arrives; 400 when the
 * client breaks off.
 */
export async function readBody(
  request: Pick<Request, "headers" | "body">,
  maxBytes: number,
  onBytes: (bytes: number) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const refuse = () => {
    throw new ProblemError(413, `Cannot read the body: must have at most ${maxBytes} bytes`);
  };
  if (Number(request.headers.get("content-length")) > maxBytes) refuse();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bodyBytes = 0;
  try {
    for await (const chunk of request.body ?? []) {
      bodyBytes += chunk.length;
      if (bodyBytes > maxBytes) refuse();
      onBytes(chunk.length);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    throw new ProblemError(400, "Cannot read the body: it must be complete", { cause });
  }
  return joinBytes(chunks);
}
