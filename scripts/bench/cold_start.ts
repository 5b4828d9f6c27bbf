import { Image } from "imagescript";
import { encodeImage } from "../../src/image/encode.ts";
import { startServer } from "./server_process.ts";

/**
 * Measures the time from the start of a server process to its first colorized picture, 512 x 512, with
 * the default model and device.
 * @param options.flags Further flags for `deno task serve`.
 * @returns The median of the runs.
 */
export async function benchColdStart(
  { flags = [], runs = 3 }: { flags?: string[]; runs?: number } = {},
): Promise<{ coldStartMs: number }> {
  const picture = await encodeImage(new Image(512, 512).fill(0x808080ff), { format: "jpeg" });
  const timesMs: number[] = [];
  for (let run = 0; run < runs; run++) timesMs.push(await measureOnce(picture, flags));
  return { coldStartMs: timesMs.sort((one, other) => one - other)[Math.floor(runs / 2)]! };
}

async function measureOnce(picture: Uint8Array, flags: string[]): Promise<number> {
  const startMs = performance.now();
  const args = ["--port", "0", "--host", "127.0.0.1", ...flags];
  const { url, process, log } = await startServer(["run", "-A", "scripts/serve.ts", ...args]);
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
