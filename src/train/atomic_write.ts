/**
 * Writes a file so that a reader, or a crash, meets either the old content or the new one whole.
 * @throws {Error} When the disk refuses, naming the path; the old file is then untouched.
 */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.partial`;
  try {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    using file = await Deno.open(temporary, { write: true, create: true, truncate: true });
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
  } catch (cause) {
    await Deno.remove(temporary).catch(() => {});
    throw new Error(`Cannot write ${path}`, { cause });
  }
  await Deno.rename(temporary, path);
}
