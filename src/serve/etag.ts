/** Entity tags: what an answer depends on, as one short text. */

/**
 * A strong tag of everything that fixes an answer's bytes.
 * @param facts Texts and bytes; their order counts.
 */
export async function etagOf(...facts: (string | Uint8Array<ArrayBuffer>)[]): Promise<string> {
  const hashes = await Promise.all(facts.map((fact) => sha256(fact)));
  const all = new Uint8Array(await new Blob(hashes).arrayBuffer());
  return `"${(await sha256(all)).subarray(0, 16).toHex()}"`;
}

/**
 * Whether an `If-None-Match` header names a tag. `*` names none: before the work is done it is not
 * known whether there is anything to be matched.
 * @see RFC 9110, 13.1.2: compared weakly.
 */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").map((tag) => tag.trim().replace(/^W\//, "")).some((tag) => tag === etag);
}

async function sha256(fact: string | Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = typeof fact === "string" ? new TextEncoder().encode(fact) : fact;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
