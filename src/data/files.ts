/** File access that survives crashes, and says which file failed and what to do. */

/** A write failed because the disk is full; trying again does not help. */
export class DiskFullError extends Error {
  override name = "DiskFullError";
}

/**
 * Replaces a file at once: a crash, and a reader, meets the old content or the new, never a part.
 * @throws {DiskFullError} Naming the file; as after any failure, the old content is untouched.
 */
export async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  const draft = `${path}.tmp`;
  try {
    await explainFullDisk(path, async () => {
      using file = await Deno.open(draft, { write: true, create: true, truncate: true });
      writeFully(file, typeof content === "string" ? new TextEncoder().encode(content) : content);
      await file.sync();
    });
    await Deno.rename(draft, path);
  } catch (cause) {
    await removeFile(draft).catch(() => {});
    throw cause instanceof DiskFullError ? cause : new Error(`Cannot write ${path}`, { cause });
  }
}

/** Runs a write; a full disk becomes an error that names the file and tells the way on. */
export async function explainFullDisk<T>(path: string, write: () => T | Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw diskError(path, error);
  }
}

/** The error to show for a failed write: one that explains when the disk is full. */
export function diskError(path: string, error: unknown): unknown {
  const full = error instanceof Error && /\bENOSPC\b|no space left|os error 28\b/i.test(
    `${(error as { code?: string }).code} ${error.message}`,
  );
  return full
    ? new DiskFullError(
      `Cannot write ${path}: the disk is full; free some space and run the command again`,
      { cause: error },
    )
    : error;
}

/** Writes all bytes at the file's position. */
export function writeFully(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    written += file.writeSync(bytes.subarray(written));
  }
}

/** Writes all bytes at an offset. */
export function writeAt(file: Deno.FsFile, offset: number, bytes: Uint8Array): void {
  file.seekSync(offset, Deno.SeekMode.Start);
  writeFully(file, bytes);
}

/**
 * Fills `bytes` from an offset of the file.
 * @returns Whether the file held that much.
 */
export function readAt(file: Deno.FsFile, offset: number, bytes: Uint8Array): boolean {
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let read = 0; read < bytes.length;) {
    const got = file.readSync(bytes.subarray(read));
    if (got === null) return false;
    read += got;
  }
  return true;
}

/** Size of a file in bytes, or undefined when there is none. */
export async function fileBytes(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Removes a file if it is there. */
export async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Renames a file if it is there. */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await Deno.rename(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
