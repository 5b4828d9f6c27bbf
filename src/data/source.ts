/** Where images come from: archives and folders, all read as a stream of files. */
import { folderSource } from "./folder_source.ts";
import { tarSource } from "./tar_source.ts";
import { zipSource } from "./zip_source.ts";

/** A file inside a source. */
export interface SourceFile {
  /** Path inside the source, with `/`. */
  path: string;
  bytes: number;
  /** Last change, in a folder; archives keep none that means anything. */
  modifiedMs?: number;
  /** Reads the bytes; only before the next file is asked for. */
  read(): Promise<Uint8Array>;
}

/** A zip, a `.tar.gz` or a folder. */
export interface Source {
  /** The path that the user gave. */
  path: string;
  kind: "zip" | "tar" | "folder";
  /**
   * Goes through all files; may be called again.
   * @throws {Error} When the archive is damaged, naming it.
   */
  files(): AsyncGenerator<SourceFile>;
}

/**
 * Opens a source by what it holds, not by its name.
 * @throws {Error} When the path is not there.
 * @throws {SyntaxError} When the file is neither a zip nor gzipped.
 */
export async function openSource(path: string): Promise<Source> {
  const info = await statSource(path);
  if (info.isDirectory) return { path, kind: "folder", files: () => folderSource(path) };
  const magic = await readMagic(path);
  if (magic[0] === 0x50 && magic[1] === 0x4b) {
    return { path, kind: "zip", files: () => named(path, zipSource(path)) };
  }
  if (magic[0] === 0x1f && magic[1] === 0x8b) {
    return { path, kind: "tar", files: () => named(path, tarSource(path)) };
  }
  const got = magic.length === 0 ? "an empty file" : "a file of another kind";
  throw new SyntaxError(`Cannot read ${path}: must be a zip, a .tar.gz or a folder, got ${got}`);
}

async function statSource(path: string): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`Cannot read ${path}: no such file or folder`);
  }
}

async function readMagic(path: string): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const magic = new Uint8Array(4);
  return magic.subarray(0, (await file.read(magic)) ?? 0);
}

/** Names the archive in errors of its reader, and tells how far it was good. */
async function* named(path: string, files: AsyncGenerator<SourceFile>): AsyncGenerator<SourceFile> {
  let count = 0;
  try {
    for (;;) {
      const { value, done } = await files.next();
      if (done) return;
      count++;
      yield value;
    }
  } catch (cause) {
    throw new Error(`Cannot read ${path}: the archive is damaged after ${count} files`, { cause });
  } finally {
    await files.return(undefined);
  }
}
