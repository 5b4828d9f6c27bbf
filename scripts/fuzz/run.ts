/** Sends requests to a server and looks at what becomes of it. */
import type { FuzzRequest } from "./requests.ts";

/** What was found. */
export interface FuzzReport {
  sent: number;
  /** Answers by status. */
  statuses: Record<string, number>;
  /** Good requests in between, all of which must succeed. */
  goodSent: number;
  goodOk: number;
  slowestMs: number;
  peakMemoryMb: number;
  /** What must not be: broken connections, 500s, hangs, good requests that failed. */
  problems: string[];
}

/** What is sent, and where. */
export interface FuzzOptions {
  url: string;
  requests: readonly FuzzRequest[];
  /** A picture that can be colorized. */
  good: Uint8Array<ArrayBuffer>;
  onProgress?: (sent: number) => void;
}

const AT_ONCE = 8;
const GOOD_EVERY = 50;
const LONGEST_MS = 5000;
const MOST_PROBLEMS = 20;

/** Sends everything, several requests at a time. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { url, requests, onProgress = () => {} } = options;
  const report: FuzzReport = {
    ...{ sent: 0, statuses: {}, goodSent: 0, goodOk: 0, slowestMs: 0, peakMemoryMb: 0 },
    problems: [],
  };
  let next = 0;
  const work = async () => {
    while (next < requests.length && report.problems.length < MOST_PROBLEMS) {
      const index = next++;
      await sendOne(options, requests[index]!, report);
      if (index % GOOD_EVERY === 0) {
        await sendGood(options, report);
        report.peakMemoryMb = Math.max(report.peakMemoryMb, await memoryMb(url));
      }
      onProgress(++report.sent);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return report;
}

async function sendOne(
  { url }: FuzzOptions,
  { path, method, headers, body }: FuzzRequest,
  report: FuzzReport,
): Promise<void> {
  const about = `${method} ${path.slice(0, 200)}`;
  const startedMs = performance.now();
  try {
    const init = { method, headers, ...(body !== undefined && method !== "GET" && { body }) };
    const response = await fetch(url + path, {
      ...init,
      signal: AbortSignal.timeout(6 * LONGEST_MS),
    });
    await response.arrayBuffer();
    const { status } = response;
    report.statuses[status] = (report.statuses[status] ?? 0) + 1;
    if (status === 500) report.problems.push(`${about}: 500`);
  } catch (error) {
    report.problems.push(`${about}: ${error}`);
  }
  const ms = performance.now() - startedMs;
  report.slowestMs = Math.max(report.slowestMs, ms);
  if (ms > LONGEST_MS) report.problems.push(`${about}: took ${Math.round(ms)} ms`);
}

async function sendGood({ url, good }: FuzzOptions, report: FuzzReport): Promise<void> {
  report.goodSent++;
  try {
    const response = await fetch(`${url}/v1/colorize`, { method: "POST", body: good });
    const file = await response.bytes();
    if (response.status === 200 && file.length > 0) report.goodOk++;
    else report.problems.push(`a good picture: ${response.status}`);
  } catch (error) {
    report.problems.push(`a good picture: ${error}`);
  }
}

/** What the server says of itself and its picture processes. */
async function memoryMb(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Math.round(Number(/^polychromify_memory_bytes (\S+)/m.exec(text)?.[1] ?? NaN) / 2 ** 20);
}
