/** How the service does: capacity, latency, cold start, and what load makes of it. */
import { Image } from "imagescript";
import sharp from "sharp";
import { encodeImage } from "../../src/image/encode.ts";
import { benchColdStart } from "./cold_start.ts";
import { applyLoad, colorizeOnce, fingerprint, type LoadPicture, type LoadResult } from "./load.ts";
import { startServer } from "./server_process.ts";
import { median } from "./turns.ts";

/** What is measured. */
export interface ServeSpeed {
  device: string;
  capacity_per_second: number;
  cold_start_ms: number;
  latency_ms: { "512x512": number; "12MP": number };
  /** Of the server and its picture processes together. */
  peak_memory_mb: number;
  loads: ({ factor: number } & LoadResult)[];
}

/** What to measure with. */
export interface ServeBenchOptions {
  /** Photographs; made pictures when there are none. */
  photos: readonly Uint8Array<ArrayBuffer>[];
  /** Seconds of the measurement of capacity, and of each load. */
  seconds: number;
  backend: string;
  log: (line: string) => void;
}

const FACTORS = [0.5, 1, 2];
/** As many clients keep a server busy that has two of everything. */
const CLIENTS = 8;
const RUNS = 7;
/** Long side of the pictures of the load. */
const LOAD_PX = 512;
const LARGE = { width: 4000, height: 3000 };

/** Measures a server of its own. */
export async function benchServe(
  { photos, seconds, backend, log }: ServeBenchOptions,
): Promise<ServeSpeed> {
  const flags = ["--backend", backend, "--log", "none"];
  log("cold start");
  const { coldStartMs } = await benchColdStart({ flags });
  const server = await startServer([
    ...["run", "-A", "scripts/serve.ts", "--port", "0", "--host", "127.0.0.1"],
    ...flags,
  ]);
  try {
    const measured = await measure(server.url, { photos, seconds, log });
    return { ...measured, cold_start_ms: Math.round(coldStartMs) };
  } finally {
    server.process.kill("SIGTERM");
    await server.process.status;
  }
}

async function measure(
  url: string,
  { photos, seconds, log }: Omit<ServeBenchOptions, "backend">,
): Promise<Omit<ServeSpeed, "cold_start_ms">> {
  const sources = photos.length > 0 ? photos : await madePictures();
  const pictures: LoadPicture[] = [];
  for (const source of sources) {
    const bytes = await resized(source, LOAD_PX);
    pictures.push({ bytes, expected: await fingerprint(await colorizeOnce(url, bytes)) });
  }
  log("latency");
  const latency = {
    "512x512": await medianMs(url, await resized(sources[0]!, 512, 512)),
    "12MP": await medianMs(url, await resized(sources[0]!, LARGE.width, LARGE.height)),
  };
  const memory = await memoryMb(url);
  log("capacity");
  const capacity = await measureCapacity(url, pictures, seconds);
  const loads: ServeSpeed["loads"] = [];
  for (const factor of FACTORS) {
    log(`load ${factor}`);
    const load = await applyLoad(url, pictures, { perSecond: factor * capacity, seconds });
    loads.push({ factor, ...load });
  }
  return {
    device: await deviceOf(url),
    capacity_per_second: capacity,
    latency_ms: latency,
    peak_memory_mb: Math.max(memory, await memoryMb(url)),
    loads,
  };
}

/** Answers in a second when clients ask again as soon as they are answered. */
async function measureCapacity(
  url: string,
  pictures: readonly LoadPicture[],
  seconds: number,
): Promise<number> {
  const untilMs = performance.now() + 1000 * seconds;
  let answered = 0;
  await Promise.all(Array.from({ length: CLIENTS }, async (_, client) => {
    for (let i = client; performance.now() < untilMs; i++) {
      await colorizeOnce(url, pictures[i % pictures.length]!.bytes);
      answered++;
    }
  }));
  return Math.round(10 * answered / seconds) / 10;
}

async function medianMs(url: string, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const timesMs: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const startedMs = performance.now();
    await colorizeOnce(url, bytes);
    if (run > 0) timesMs.push(performance.now() - startedMs); // the first one warms up
  }
  return Math.round(median(timesMs)!);
}

async function memoryMb(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Math.round(Number(/^polychromify_memory_bytes (\S+)/m.exec(text)![1]) / 2 ** 20);
}

async function deviceOf(url: string): Promise<string> {
  return (await (await fetch(`${url}/readyz`)).json()).device;
}

/** A JPEG of a size: of one side alone, or of both. */
async function resized(
  bytes: Uint8Array,
  width: number,
  height?: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const picture = sharp(bytes).resize({
    width,
    height: height ?? width,
    fit: height === undefined ? "inside" : "fill",
  });
  return Uint8Array.from(await picture.jpeg({ quality: 90 }).toBuffer());
}

/** Smooth shapes, different in each. */
async function madePictures(): Promise<Uint8Array<ArrayBuffer>[]> {
  const files: Uint8Array<ArrayBuffer>[] = [];
  for (let number = 1; number <= 8; number++) {
    const image = new Image(640, 480);
    for (let i = 0; i < 640 * 480; i++) {
      const [x, y] = [i % 640, Math.floor(i / 640)];
      const wave = Math.sin(x / (20 + 7 * number)) * Math.cos(y / (30 + 5 * number) + number);
      const gray = Math.round(128 + 90 * wave);
      image.bitmap.set([gray, gray, gray, 255], 4 * i);
    }
    files.push(Uint8Array.from(await encodeImage(image, { format: "jpeg" })));
  }
  return files;
}

/** Lines for people. */
export function serveText(speed: ServeSpeed): string {
  const { device, capacity_per_second, cold_start_ms, latency_ms, peak_memory_mb, loads } = speed;
  return [
    `service on ${device}: ${capacity_per_second} pictures/s of ${LOAD_PX} pixels`,
    `process start to first colorized picture: ${cold_start_ms} ms`,
    `512x512: ${latency_ms["512x512"]} ms, 12 megapixels: ${latency_ms["12MP"]} ms (medians, warm)`,
    `memory with all processes: ${peak_memory_mb} MB`,
    ...loads.map(({ factor, ...load }) =>
      `load ${factor}x: ${load.sent} sent, ${load.ok} ok (${load.per_second}/s), ` +
      `${load.rejected} rejected, ${load.lost} lost, ${load.mismatched} mismatched; ` +
      `p50 ${load.p50_ms}, p95 ${load.p95_ms}, p99 ${load.p99_ms} ms`
    ),
  ].join("\n");
}
