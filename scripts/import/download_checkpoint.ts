import { createHash } from "node:crypto";
import { basename } from "node:path";
import { downloadFile, type DownloadOptions } from "../../src/data/download.ts";
import { removeFile } from "../../src/data/files.ts";

/**
 * Downloads a checkpoint into a folder; with a hash, what arrived before a break is gone on with.
 * @param options.sha256 What it must have.
 * @returns The file's path.
 * @throws {Error} When the server refuses, stays away or does not tell how large the file is, or the
 * file is not the expected one.
 */
export async function downloadCheckpoint(
  url: string,
  { dir, sha256, ...options }: DownloadOptions & { dir: string; sha256: string | undefined },
): Promise<string> {
  const bytes = await sizeOf(url, options.signal);
  // A folder for each address: files of one name and size may be of different weights.
  const folder = `${dir}/${createHash("sha256").update(url).digest("hex").slice(0, 16)}`;
  await Deno.mkdir(folder, { recursive: true });
  const path = `${folder}/${basename(new URL(url).pathname) || "checkpoint"}`;
  // Without a hash nothing tells whether the file there has changed since.
  if (sha256 === undefined) { for (const each of [path, `${path}.part`]) await removeFile(each); }
  await downloadFile({ url, bytes, ...(sha256 && { sha256 }) }, path, options);
  return path;
}

async function sizeOf(url: string, signal: AbortSignal | undefined): Promise<number> {
  let response: Response;
  try {
    response = await fetch(url, { method: "HEAD", ...(signal && { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new Error(`Cannot download ${url}: the server does not answer`, { cause });
  }
  await response.body?.cancel();
  const bytes = Number(response.headers.get("content-length"));
  if (response.ok && bytes > 0) return bytes;
  const rule = "the server must tell how large the file is";
  throw new Error(`Cannot download ${url}: ${rule}, got status ${response.status}`);
}
