/** Open-loop load: requests are sent when they are due, however late the answers to others are. */

/** A picture to send, and the answer that it must get. */
export interface LoadPicture {
  bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the file that the server answered while it had nothing else to do. */
  expected: string;
}

/** What became of the requests of one load. */
export interface LoadResult {
  sent: number;
  ok: number;
  /** Answered 503. */
  rejected: number;
  /** Neither: another status, or no answer at all. */
  lost: number;
  /** Answered with the picture of another request. */
  mismatched: number;
  /** Of those that were accepted. */
  p50_ms: number;
  p95_ms: number;
  p99_ms: number;
  /** Accepted ones, by the time until the last answer. */
  per_second: number;
}

/** How to load. */
export interface LoadOptions {
  perSecond: number;
  seconds: number;
}

/** Sends requests at random times, at a mean rate, and waits for all answers. */
export async function applyLoad(
  url: string,
  pictures: readonly LoadPicture[],
  { perSecond, seconds }: LoadOptions,
): Promise<LoadResult> {
  const result = { sent: 0, ok: 0, rejected: 0, lost: 0, mismatched: 0 };
  const timesMs: number[] = [];
  const answers: Promise<void>[] = [];
  const startedMs = performance.now();
  let dueMs = startedMs;
  while (dueMs - startedMs < 1000 * seconds) {
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const picture = pictures[result.sent++ % pictures.length]!;
    answers.push(send(url, picture, { dueMs, result, timesMs }));
    dueMs += -1000 * Math.log(1 - Math.random()) / perSecond; // a Poisson process
  }
  await Promise.all(answers);
  const elapsedSeconds = (performance.now() - startedMs) / 1000;
  timesMs.sort((one, other) => one - other);
  return {
    ...result,
    p50_ms: percentile(timesMs, 0.5),
    p95_ms: percentile(timesMs, 0.95),
    p99_ms: percentile(timesMs, 0.99),
    per_second: round(result.ok / elapsedSeconds),
  };
}

/** Asks once, and gives the file. @throws {Error} When the server does not answer with a picture. */
export async function colorizeOnce(
  url: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(`${url}/v1/colorize?format=jpeg`, { method: "POST", body: bytes });
  const file = await response.bytes();
  if (response.status === 200) return file as Uint8Array<ArrayBuffer>;
  throw new Error(`Cannot bench: must get a picture, got status ${response.status}`);
}

/** What tells one file from another. */
export async function fingerprint(file: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", file)).toHex();
}

async function send(
  url: string,
  { bytes, expected }: LoadPicture,
  { dueMs, result, timesMs }: {
    dueMs: number;
    result: Pick<LoadResult, "ok" | "rejected" | "lost" | "mismatched">;
    timesMs: number[];
  },
): Promise<void> {
  try {
    const response = await fetch(`${url}/v1/colorize?format=jpeg`, { method: "POST", body: bytes });
    const file = await response.bytes();
    if (response.status === 503) result.rejected++;
    else if (response.status !== 200) result.lost++;
    else {
      result.ok++;
      timesMs.push(performance.now() - dueMs);
      if (await fingerprint(file as Uint8Array<ArrayBuffer>) !== expected) result.mismatched++;
    }
  } catch {
    result.lost++;
  }
}

/** The value that a part of the sorted ones does not exceed; 0 of none. */
function percentile(sorted: readonly number[], part: number): number {
  return round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0);
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
