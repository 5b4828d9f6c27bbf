/** Downloads a large file: goes on after a break, checks size and checksum. */
import { createHash } from "node:crypto";
import { DiskFullError, explainFullDisk, fileBytes, removeFile, writeFully } from "./files.ts";
import type { PrepareOptions } from "./recipe.ts";

/** A file on the web and what it must be. */
export interface RemoteFile {
  url: string;
  bytes: number;
  /** Its hash, hexadecimal, where one is known. */
  md5?: string;
  sha256?: string;
}

/** How a download is run. */
export interface DownloadOptions extends Pick<PrepareOptions, "startProgress" | "log" | "signal"> {
  /** Breaks in a row without a single byte between them before giving up. */
  maxBreaks?: number;
  /** Wait after a break, longer each time. */
  retryMs?: number;
  /** Longest silence of the server. */
  idleMs?: number;
}

/** Retrying does not help. */
class DownloadRefused extends Error {}

/**
 * Downloads to `path`; what arrived before a break, in this run or an earlier one, is kept in
 * `PATH.part`.
 * @throws {Error} When the server refuses or stays away, the file is not the expected one, or the
 * disk is full.
 */
export async function downloadFile(
  file: RemoteFile,
  path: string,
  options: DownloadOptions,
): Promise<void> {
  if (await fileBytes(path) === file.bytes && await hasHash(path, file)) return;
  const part = `${path}.part`;
  const start = await fileBytes(part) ?? 0;
  if (start < file.bytes) await fetchRest(file, part, { ...options, start });
  const bytes = await fileBytes(part);
  if (bytes !== file.bytes || !await hasHash(part, file)) {
    const [expected] = hashesOf(file);
    const rule = expected ? ` with ${expected[0].toUpperCase()} ${expected[1]}` : "";
    const got = expected ? ` with ${await fileHash(part, expected[0])}` : "";
    await removeFile(part);
    throw new Error(
      `Cannot use ${file.url}: must have ${file.bytes} bytes${rule}, got ${bytes}${got}; ` +
        "what was downloaded is removed, run the command again",
    );
  }
  await Deno.rename(part, path);
}

/** Fetches until all bytes are there; breaks are waited out. */
async function fetchRest(
  file: RemoteFile,
  part: string,
  options: DownloadOptions & { start: number },
): Promise<void> {
  const { startProgress, log, signal, start, maxBreaks = 5, retryMs = 1000 } = options;
  if (start > 0) log(`Going on with ${part} at ${megabytes(start)} MB`);
  const progress = startProgress("Downloading", { total: file.bytes, unit: "bytes", start });
  try {
    for (let breaks = 0, at = start; at < file.bytes;) {
      const cause = await fetchOnce(file, part, { ...options, update: progress.update });
      if (cause === undefined) break;
      const now = await fileBytes(part) ?? 0;
      breaks = now > at ? 1 : breaks + 1;
      at = now;
      if (cause instanceof DownloadRefused || breaks >= maxBreaks) {
        throw new Error(`Cannot download ${file.url}: run the command again to go on`, { cause });
      }
      progress.log(`The download broke off at ${megabytes(now)} MB: ${cause.message}`);
      await new Promise((resolve) => setTimeout(resolve, retryMs * breaks));
      signal?.throwIfAborted();
    }
  } finally {
    progress.stop();
  }
}

/**
 * Fetches as much as the server gives in one answer.
 * @returns Why it broke off, or undefined at the end of the file.
 */
async function fetchOnce(
  file: RemoteFile,
  part: string,
  { signal, idleMs = 60_000, update }: DownloadOptions & { update: (done: number) => void },
): Promise<Error | undefined> {
  const silence = new AbortController();
  const fail = () => silence.abort(new Error(`no data for ${idleMs / 1000} s`));
  let timer = setTimeout(fail, idleMs);
  try {
    const signals = signal ? [signal, silence.signal] : [silence.signal];
    const { body, at } = await request(file, part, AbortSignal.any(signals));
    using out = await Deno.open(part, {
      write: true,
      create: true,
      append: at > 0,
      truncate: at === 0,
    });
    let done = at;
    for await (const chunk of body) {
      clearTimeout(timer);
      timer = setTimeout(fail, idleMs);
      await explainFullDisk(part, () => writeFully(out, chunk));
      update(done += chunk.length);
    }
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof DiskFullError) throw error;
    return error as Error;
  } finally {
    clearTimeout(timer);
  }
}

/** Asks for what is missing; `at` is where the answer begins: 0 when the server gives it all. */
async function request(file: RemoteFile, part: string, signal: AbortSignal) {
  const have = await fileBytes(part) ?? 0;
  const headers: HeadersInit = have > 0 ? { range: `bytes=${have}-` } : {};
  const { status, statusText, headers: answer, body } = await fetch(file.url, { headers, signal });
  const total = Number(answer.get("content-range")?.split("/")[1] ?? answer.get("content-length"));
  const refuse = async (reason: string, kind = DownloadRefused) => {
    await body?.cancel();
    return new kind(reason);
  };
  if (status >= 500) throw await refuse(`the server answered ${status} ${statusText}`, Error);
  if ((status !== 200 && status !== 206) || !body) {
    throw await refuse(`the server answered ${status} ${statusText}`);
  }
  if (total > 0 && total !== file.bytes) {
    throw await refuse(`must have ${file.bytes} bytes, the server has ${total}`);
  }
  return { body, at: status === 206 ? have : 0 };
}

type HashName = "md5" | "sha256";

/** The hashes that a file must have. */
function hashesOf({ md5, sha256 }: RemoteFile): [HashName, string][] {
  return [
    ...(md5 === undefined ? [] : [["md5", md5] as [HashName, string]]),
    ...(sha256 === undefined ? [] : [["sha256", sha256] as [HashName, string]]),
  ];
}

async function hasHash(path: string, file: RemoteFile): Promise<boolean> {
  for (const [algorithm, hash] of hashesOf(file)) {
    if (await fileHash(path, algorithm) !== hash) return false;
  }
  return true;
}

/** A file's hash, hexadecimal, of a file of any size. */
export async function fileHash(path: string, algorithm: HashName): Promise<string> {
  const hash = createHash(algorithm);
  const file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
