/** The networks of Zhang et al. at full width: their import, output and speed beside PyTorch's. */
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { type BackendChoice, startBackend } from "../../src/backend/start.ts";
import { AB_SCALE } from "../../src/color/normalize.ts";
import { buildNetwork } from "../../src/network/build.ts";
import type { NetworkConfig } from "../../src/network/config.ts";
import type { Network } from "../../src/network/network.ts";
import { assignWeights } from "../../src/network/weights.ts";
import { readTorchCheckpoint } from "../import/torch_checkpoint.ts";
import { mapZhangWeights, type ZhangKind } from "../import/zhang_names.ts";
import { findPython } from "./peer.ts";
import { median } from "./turns.ts";

/** One network at one size. */
export interface ModelSpeed {
  network: ZhangKind;
  width: number;
  size: string;
  device: string;
  /** Median of a prediction of one picture, ours and PyTorch's. */
  ms: number;
  torchMs: number;
  /** The most that a color is away from PyTorch's, in units of ab. */
  largestError: number;
  /** Resident memory at the end, ours and PyTorch's. */
  memoryMb: number;
  torchMemoryMb: number;
}

/** What to measure. */
export interface ModelBenchOptions {
  backend: BackendChoice;
  /** Filters of the first block; 64 in the papers. */
  width: number;
  threads: number;
}

const SCRIPT = fileURLToPath(new URL("./zhang.py", import.meta.url));
const KINDS: ZhangKind[] = ["eccv16", "siggraph17"];
/** Height and width: what the networks of this project see, and a picture of 256 pixels' height. */
const SIZES = ["64x64", "256x176"];
const RUNS = 3;

/**
 * Has PyTorch write checkpoints of random weights, imports them, and predicts what it has predicted.
 * @throws {Error} Without a Python that has PyTorch.
 */
export async function benchModels(options: ModelBenchOptions): Promise<ModelSpeed[]> {
  const python = await findPython();
  if (!python) throw new Error("Cannot bench models: a python3 with PyTorch is needed, got none");
  const device = await startBackend(options.backend);
  const speeds: ModelSpeed[] = [];
  for (const network of KINDS) {
    const measured = await benchOne(network, { ...options, python });
    speeds.push(...measured.map((speed) => ({ ...speed, device: device.description })));
  }
  return speeds;
}

async function benchOne(
  kind: ZhangKind,
  { python, width, threads }: ModelBenchOptions & { python: string },
): Promise<Omit<ModelSpeed, "device">[]> {
  const dir = await Deno.makeTempDir({ prefix: "polychromify-bench-" });
  try {
    const checkpoint = `${dir}/checkpoint.pth`;
    const args = [SCRIPT, kind, `${width}`, `${threads}`, checkpoint, SIZES.join(), dir];
    const torch = await runTorch(python, args);
    const arrays = mapZhangWeights(kind, await readTorchCheckpoint(checkpoint));
    const network = buildNetwork(configOf(kind, width), { seed: "blank" });
    assignWeights(network, arrays);
    const speeds: Omit<ModelSpeed, "device" | "memoryMb">[] = [];
    for (const size of SIZES) {
      const { ms, largestError } = await predictAgain(network, `${dir}/${size}`);
      speeds.push({
        ...{ network: kind, width, size, ms, largestError },
        torchMs: 1000 * torch.sizes[size]!.seconds,
        torchMemoryMb: torch.peak_mb,
      });
    }
    const memoryMb = Deno.memoryUsage().rss / 2 ** 20;
    network.dispose();
    return speeds.map((speed) => ({ ...speed, memoryMb }));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function configOf(kind: ZhangKind, width: number): NetworkConfig {
  return kind === "eccv16" ? { kind, width, temperature: 1 } : { kind, width };
}

interface TorchResult {
  sizes: Record<string, { seconds: number }>;
  peak_mb: number;
}

async function runTorch(python: string, args: string[]): Promise<TorchResult> {
  const { code, stdout, stderr } = await new Deno.Command(python, { args }).output();
  const said = new TextDecoder();
  if (code === 0) return JSON.parse(said.decode(stdout));
  throw new Error(`Cannot bench models: PyTorch must run, got ${said.decode(stderr).trim()}`);
}

/** Predicts what PyTorch has predicted, from the same files. */
async function predictAgain(
  network: Network,
  path: string,
): Promise<{ ms: number; largestError: number }> {
  const [heightPx, widthPx] = path.split("/").at(-1)!.split("x").map(Number) as [number, number];
  const read = async (kind: string) =>
    new Float32Array((await Deno.readFile(`${path}.${kind}`)).buffer);
  const [lightness, hints, expected] = [
    ...await Promise.all(["lightness", "hints", "ab"].map(read)),
  ] as [Float32Array, Float32Array, Float32Array];
  const given = network.takesHints ? hints : undefined;
  const timesMs: number[] = [];
  let largestError = 0;
  for (let run = 0; run <= RUNS; run++) {
    const startMs = performance.now();
    const ab = await predictRaw(network, lightness, { heightPx, widthPx, hints: given });
    if (run > 0) timesMs.push(performance.now() - startMs);
    else {expected.forEach((value, i) => {
        largestError = Math.max(largestError, Math.abs(value - ab[i]!));
      });}
  }
  return { ms: median(timesMs)!, largestError };
}

/** As the network gives them: `predictAb` of `colorize/` would clamp colors to those of sRGB. */
async function predictRaw(
  network: Network,
  lightness: Float32Array,
  { heightPx, widthPx, hints }: {
    heightPx: number;
    widthPx: number;
    hints: Float32Array | undefined;
  },
): Promise<Float32Array> {
  const ab = tf.tidy(() => {
    const given = hints?.map((value, i) => i % 3 === 2 ? value : value / AB_SCALE);
    return tf.mul(
      network.predictAb(
        tf.tensor4d(lightness, [1, heightPx, widthPx, 1]),
        given && tf.tensor4d(given, [1, heightPx, widthPx, 3]),
      ),
      AB_SCALE,
    );
  });
  try {
    return await ab.data() as Float32Array;
  } finally {
    ab.dispose();
  }
}

/** Lines for people. */
export function modelsText(speeds: readonly ModelSpeed[]): string {
  return speeds.map(({ network, width, size, device, ...figures }) => {
    const { ms, torchMs, largestError, memoryMb, torchMemoryMb } = figures;
    return `${network}, width ${width}, ${size}, ${device}: ${ms.toFixed(0)} ms, PyTorch ` +
      `${torchMs.toFixed(0)} ms; largest difference ${
        largestError.toExponential(1)
      } units of ab; ` +
      `${memoryMb.toFixed(0)} MB, PyTorch ${torchMemoryMb.toFixed(0)} MB`;
  }).join("\n");
}
