import { removeFile, replaceFile } from "../../src/data/files.ts";

/**
 * Replaces files that belong together: all are written before the first one takes its place, so
 * that a full disk leaves the old ones as they were.
 * @param files Content by name.
 * @throws {Error} Naming the file that cannot be written.
 */
export async function replaceTogether(
  dir: string,
  files: Record<string, Uint8Array | string>,
): Promise<void> {
  const drafts = Object.keys(files).map((name) =>
    [`${dir}/${name}.new`, `${dir}/${name}`] as const
  );
  try {
    for (const [name, content] of Object.entries(files)) {
      await replaceFile(`${dir}/${name}.new`, content);
    }
    for (const [draft, path] of drafts) await Deno.rename(draft, path);
  } finally {
    for (const [draft] of drafts) await removeFile(draft).catch(() => {});
  }
}
