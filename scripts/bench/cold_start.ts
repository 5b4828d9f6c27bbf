import { Image } from "imagescript";
import { encodeImage } from "../../src/image/encode.ts";
import { startServer } from "./server_process.ts";

const RUNS = 3;

/**
 * Measures the time from the start of a server process to its first colorized picture, 512 x 512, with
 * the default model and device.
 * @returns The median of three runs.
 */
export async function benchColdStart(): Promise<{ coldStartMs: number }> {
  const picture = await encodeImage(new Image(512, 512).fill(0x808080ff), { format: "jpeg" });
  const timesMs: number[] = [];
  for (let run = 0; run < RUNS; run++) timesMs.push(await measureOnce(picture));
  return { coldStartMs: timesMs.sort((one, other) => one - other)[Math.floor(RUNS / 2)]! };
}

async function measureOnce(picture: Uint8Array): Promise<number> {
  const startMs = performance.now();
  const args = ["run", "--allow-all", "scripts/serve.ts", "--port", "0", "--host", "127.0.0.1"];
  const { url, process, log } = await startServer(args);
  try {
    const body = picture as Uint8Array<ArrayBuffer>;
    const response = await fetch(`${url}/v1/colorize`, { method: "POST", body });
    await response.arrayBuffer();
    if (!response.ok) {
      throw new Error(`Cannot measure the cold start: must get a picture, got ${log()}`);
    }
    return performance.now() - startMs;
  } finally {
    process.kill("SIGKILL");
    await process.status;
  }
}
