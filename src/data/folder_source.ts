/** Files of a folder and the folders in it. */
import { join } from "node:path";
import type { SourceFile } from "./source.ts";

/**
 * Goes through all regular files; links to folders are not followed, so that no circle traps it.
 * @param under Path inside the folder where to begin.
 */
export async function* folderSource(root: string, under = ""): AsyncGenerator<SourceFile> {
  for await (const entry of Deno.readDir(join(root, under))) {
    const path = under ? `${under}/${entry.name}` : entry.name;
    if (entry.isDirectory) {
      yield* folderSource(root, path);
      continue;
    }
    const full = join(root, path);
    const info = statFile(full);
    if (!info?.isFile) continue;
    const modifiedMs = info.mtime?.getTime() ?? 0;
    yield { path, bytes: info.size, modifiedMs, read: () => Deno.readFile(full) };
  }
}

/** A file's data, or undefined for a link that leads nowhere or a file removed just now. */
function statFile(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
