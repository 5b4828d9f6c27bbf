import { basename, dirname, join } from "node:path";
import { fileId } from "./find_photos.ts";

/**
 * Refuses to write over a file that is to be read, whatever path or link leads to it.
 * @param inputIds `fileId` of every input.
 * @throws {RangeError} When `output` is one of them, or no file.
 */
export async function refuseInput(output: string, inputIds: Set<string>): Promise<void> {
  const id = await fileId(output);
  if (id === undefined) return;
  if (inputIds.has(id)) {
    throw new RangeError(`Cannot write ${output}: must not be one of the files to read`);
  }
  if (!(await Deno.stat(output)).isFile) {
    throw new RangeError(`Cannot write ${output}: must be a file, got something else`);
  }
}

/**
 * Writes a file whole or not at all, making its folder when missing. A link keeps pointing to it.
 * @throws {Error} When the folder or the file cannot be written, naming it.
 */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  let temporary: string | undefined;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    const target = await Deno.realPath(path).catch(() => path);
    temporary = join(dirname(target), `.${basename(target)}.${crypto.randomUUID()}.part`);
    await Deno.writeFile(temporary, bytes, { createNew: true });
    await Deno.rename(temporary, target);
  } catch (cause) {
    if (temporary) await Deno.remove(temporary).catch(() => {});
    throw new Error(`Cannot write ${path}`, { cause });
  }
}
