/** `deno task bench`: how fast this machine runs the parts that decide. */
import { BACKEND_CHOICES, planBackend } from "../src/backend/start.ts";
import { benchColdStart } from "./bench/cold_start.ts";
import { benchLab } from "./bench/lab.ts";
import { benchNetwork, type NetworkSpeed } from "./bench/network.ts";
import { choiceFlag, integerFlag } from "./command/flags.ts";
import { type Arguments, type Command, runCommand, UsageError } from "./command/run.ts";

const PARTS = ["lab", "network", "cold-start"] as const;

const COMMAND: Command = {
  name: "bench",
  summary: `Measures speed on this machine; parts: ${PARTS.join(", ")} (default: all).`,
  positionals: "[PART...]",
  flags: {
    backend: {
      type: "string",
      value: "NAME",
      default: "auto",
      help: "auto measures wasm, and webgpu where there is a hardware adapter",
    },
    batch: { type: "string", value: "N", default: "32", help: "images per step of the network" },
    json: { type: "boolean", help: "print JSON instead of text" },
  },
  examples: ["deno task bench", "deno task bench lab", "deno task bench network --backend wasm"],
};

/** What was measured; what was not asked for is left out. */
interface BenchReport {
  lab?: { to_lab_megapixels_per_second: number; from_lab_megapixels_per_second: number };
  networks?: {
    network: string;
    device: string;
    batch: number;
    inference_images_per_second: number;
    training_images_per_second: number;
  }[];
  cold_start_ms?: number;
}

if (import.meta.main) await runCommand(COMMAND, bench);

async function bench(args: Arguments): Promise<void> {
  const asked = args.positionals.length > 0 ? args.positionals : [...PARTS];
  for (const part of asked) {
    if (!PARTS.includes(part as typeof PARTS[number])) {
      throw new UsageError(`Cannot bench: PART must be one of ${PARTS.join(", ")}, got ${part}`);
    }
  }
  const report: BenchReport = {};
  if (asked.includes("lab")) {
    const { toLabMegapixelsPerSecond, fromLabMegapixelsPerSecond } = benchLab();
    report.lab = {
      to_lab_megapixels_per_second: toLabMegapixelsPerSecond,
      from_lab_megapixels_per_second: fromLabMegapixelsPerSecond,
    };
  }
  if (asked.includes("network")) report.networks = (await benchNetworks(args)).map(jsonOfSpeed);
  if (asked.includes("cold-start")) report.cold_start_ms = (await benchColdStart()).coldStartMs;
  console.log(args.values.json ? JSON.stringify(report, null, 2) : textOf(report));
}

async function benchNetworks(args: Arguments): Promise<NetworkSpeed[]> {
  const choice = choiceFlag(args, "backend", BACKEND_CHOICES)!;
  const batch = integerFlag(args, "batch")!;
  const { backend } = await planBackend(choice);
  // A GPU is compared with what would run without it.
  const backends = choice === "auto" && backend === "webgpu"
    ? ["webgpu", "wasm"] as const
    : [backend];
  const speeds: NetworkSpeed[] = [];
  for (const each of backends) {
    console.error(`measuring polychromify on ${each}`);
    speeds.push(await benchNetwork(each, { name: "polychromify", batch }));
  }
  return speeds;
}

function jsonOfSpeed(speed: NetworkSpeed) {
  const { network, device, batch } = speed;
  return {
    network,
    device,
    batch,
    inference_images_per_second: speed.inferenceImagesPerSecond,
    training_images_per_second: speed.trainingImagesPerSecond,
  };
}

function textOf({ lab, networks, cold_start_ms }: BenchReport): string {
  const lines: string[] = [];
  if (lab) {
    lines.push(
      `sRGB to LAB: ${lab.to_lab_megapixels_per_second.toFixed(1)} megapixels/s`,
      `LAB to sRGB: ${lab.from_lab_megapixels_per_second.toFixed(1)} megapixels/s`,
    );
  }
  for (const speed of networks ?? []) {
    const where = `${speed.network}, 64x64, batch ${speed.batch}, one thread, ${speed.device}`;
    lines.push(
      `inference: ${speed.inference_images_per_second.toFixed(1)} images/s (${where})`,
      `training: ${speed.training_images_per_second.toFixed(1)} images/s (${where})`,
    );
  }
  if (cold_start_ms !== undefined) {
    lines.push(`process start to first colorized picture: ${cold_start_ms.toFixed(0)} ms`);
  }
  return lines.join("\n");
}
