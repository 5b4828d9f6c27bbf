/** `deno task fuzz`: damaged pictures and requests against a running server. */
import { Image } from "imagescript";
import sharp from "sharp";
import { encodeImage } from "../src/image/encode.ts";
import { startServer } from "./bench/server_process.ts";
import { findPhotos } from "./colorize/find_photos.ts";
import { integerFlag, textFlag } from "./command/flags.ts";
import { startProgress } from "./command/progress.ts";
import { type Arguments, type Command, runCommand } from "./command/run.ts";
import { makeRequests } from "./fuzz/requests.ts";
import { fuzz } from "./fuzz/run.ts";

const COMMAND: Command = {
  name: "fuzz",
  summary:
    "Sends damaged pictures and requests to a server of its own, and fails when it crashes, " +
    "hangs for 5 s, answers 500, grows past a bound, or a good picture in between does not succeed.",
  positionals: "",
  flags: {
    runs: { type: "string", value: "N", default: "10000", help: "how many requests" },
    seed: { type: "string", value: "N", default: "1", help: "other requests for another seed" },
    photos: { type: "string", value: "DIR", help: "damage these too, not made pictures alone" },
    "max-memory-mb": { type: "string", value: "MB", default: "1500", help: "of all its processes" },
  },
  examples: ["deno task fuzz", "deno task fuzz --runs 500 --seed 7 --photos scans/"],
};

if (import.meta.main) await runCommand(COMMAND, run);

async function run(args: Arguments): Promise<number> {
  const runs = integerFlag(args, "runs")!;
  const seed = integerFlag(args, "seed", { min: 0, max: 2 ** 31 - 1 })!;
  const mostMb = integerFlag(args, "max-memory-mb")!;
  const pictures = [...await madePictures(), ...await photosIn(textFlag(args, "photos"))];
  const requests = makeRequests(pictures, { runs, seed });
  const flags = ["--port", "0", "--host", "127.0.0.1", "--backend", "wasm", "--log", "none"];
  const server = await startServer(["task", "--quiet", "serve", ...flags]);
  const progress = startProgress("fuzz", { total: runs, unit: "requests" });
  try {
    const report = await fuzz({
      ...{ url: server.url, requests, good: pictures[0]! },
      onProgress: (sent) => progress.update(sent),
    });
    progress.stop();
    if (report.peakMemoryMb > mostMb) report.problems.push(`took ${report.peakMemoryMb} MB`);
    console.log(JSON.stringify(report, null, 2));
    return report.problems.length === 0 ? 0 : 1;
  } finally {
    server.process.kill("SIGTERM");
    await server.process.status;
  }
}

/** One small picture in every format that is read. */
async function madePictures(): Promise<Uint8Array<ArrayBuffer>[]> {
  const image = new Image(120, 90);
  for (let i = 0; i < 120 * 90; i++) {
    const gray = Math.round(128 + 100 * Math.sin(i / 37) * Math.cos(i / 1900));
    image.bitmap.set([gray, gray, gray, 255], 4 * i);
  }
  const raw = () => sharp(image.bitmap, { raw: { width: 120, height: 90, channels: 4 } });
  const files = [
    ...await Promise.all(
      (["jpeg", "png", "webp", "avif"] as const).map((format) => encodeImage(image, { format })),
    ),
    await raw().tiff({ compression: "lzw" }).toBuffer(),
    await raw().gif().toBuffer(),
    await raw().jpeg({ progressive: true }).toBuffer(),
    await raw().png({ palette: true }).toBuffer(),
  ];
  return files.map((file) => Uint8Array.from(file));
}

async function photosIn(folder: string | undefined): Promise<Uint8Array<ArrayBuffer>[]> {
  if (folder === undefined) return [];
  const { photos } = await findPhotos([folder]);
  return await Promise.all(photos.map((path) => Deno.readFile(path)));
}
