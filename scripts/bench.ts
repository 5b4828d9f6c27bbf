/** `deno task bench`: how fast this machine runs the parts that decide. */
import { BACKEND_CHOICES, type BackendChoice, planBackend } from "../src/backend/start.ts";
import { benchColdStart } from "./bench/cold_start.ts";
import { benchLab } from "./bench/lab.ts";
import { benchLooks } from "./bench/looks.ts";
import { benchMap } from "./bench/map.ts";
import { benchModels, modelsText } from "./bench/models.ts";
import { benchNetwork, type NetworkSpeed } from "./bench/network.ts";
import { benchPropagate } from "./bench/propagate.ts";
import { type BenchReport, textOf } from "./bench/bench_report.ts";
import { benchServe, type ServeSpeed, serveText } from "./bench/serve.ts";
import { benchTraining, type TrainingSpeed } from "./bench/training.ts";
import { planTraining, TRAINING_NETWORKS } from "./bench/training_plan.ts";
import { trainingJson } from "./bench/training_report.ts";
import { benchUpsample } from "./bench/upsample.ts";
import { findPhotos } from "./colorize/find_photos.ts";
import { choiceFlag, integerFlag, textFlag } from "./command/flags.ts";
import { type Arguments, type Command, runCommand, UsageError } from "./command/run.ts";

const PARTS = [
  "lab",
  "network",
  "map",
  "train",
  "cold-start",
  "upsample",
  "looks",
  "propagate",
  "serve",
  "models",
] as const;
/** Training and serving take minutes, and some need photographs. */
const USUAL_PARTS = ["lab", "network", "map", "cold-start"];

/** Of the papers' networks. */
const WIDTH = 64;

const COMMAND: Command = {
  name: "bench",
  summary: `Measures speed on this machine; parts: ${PARTS.join(", ")} (default: ${
    USUAL_PARTS.join(", ")
  }).`,
  positionals: "[PART...]",
  flags: {
    backend: {
      type: "string",
      value: "NAME",
      default: "auto",
      help: "auto measures wasm, and webgpu where there is a hardware adapter",
    },
    device: { type: "string", value: "DEVICE", help: "the same as --backend" },
    batch: {
      type: "string",
      value: "N",
      help: "images per step (default: 32; train: 64, or 8 on a software adapter)",
    },
    network: {
      type: "string",
      value: "NAME",
      help: `train: ${TRAINING_NETWORKS.join(" or ")} (default: all)`,
    },
    workers: {
      type: "string",
      value: "N",
      help:
        "train: threads on wasm (default: the processor's cores); models: PyTorch's (default: 1)",
    },
    peer: { type: "boolean", help: "train, models: compare with PyTorch, where python3 has it" },
    photos: {
      type: "string",
      value: "DIR",
      help: "upsample: color photographs whose colors are averaged and enlarged again; looks: " +
        "whose colors are guessed; serve: what is sent",
    },
    seconds: { type: "string", value: "S", default: "20", help: "serve: of each load" },
    json: { type: "boolean", help: "print JSON instead of text" },
  },
  examples: [
    "deno task bench",
    "deno task bench lab",
    "deno task bench network --backend wasm",
    "deno task bench train --device wasm --workers 2 --peer",
    "deno task bench upsample --photos photographs/",
    "deno task bench serve --photos photographs/ --json",
    "deno task bench models --peer   # eccv16 and siggraph17 at full width",
  ],
};

if (import.meta.main) await runCommand(COMMAND, bench);

async function bench(args: Arguments): Promise<void> {
  const asked = args.positionals.length > 0 ? args.positionals : USUAL_PARTS;
  for (const part of asked) {
    if (!PARTS.includes(part as typeof PARTS[number])) {
      throw new UsageError(`Cannot bench: PART must be one of ${PARTS.join(", ")}, got ${part}`);
    }
  }
  const alone = ["serve", "models"].find((part) => asked.includes(part));
  if (alone && asked.length > 1) {
    throw new UsageError(`Cannot bench ${alone}: must be measured by itself`);
  }
  if (alone === "serve") {
    const speed = await benchService(args);
    console.log(args.values.json ? JSON.stringify(speed, null, 2) : serveText(speed));
    return;
  }
  if (alone === "models") return await printModels(args);
  const report: BenchReport = {};
  if (asked.includes("lab")) {
    const { toLabMegapixelsPerSecond, fromLabMegapixelsPerSecond } = benchLab();
    report.lab = {
      to_lab_megapixels_per_second: toLabMegapixelsPerSecond,
      from_lab_megapixels_per_second: fromLabMegapixelsPerSecond,
    };
  }
  if (asked.includes("network")) report.networks = (await benchNetworks(args)).map(jsonOfSpeed);
  if (asked.includes("map")) report.map = await benchMap(device(args));
  if (asked.includes("cold-start")) report.cold_start_ms = (await benchColdStart()).coldStartMs;
  if (asked.includes("upsample")) report.upsample = await benchEnlarging(args);
  if (asked.includes("looks")) report.looks = await benchGuesses(args);
  if (asked.includes("propagate")) {
    report.propagate_megapixels_per_second = benchPropagate().megapixelsPerSecond;
  }
  const trained = asked.includes("train") ? await benchTrained(args) : [];
  if (asked.includes("train")) report.results = trainingJson(trained);
  console.log(args.values.json ? JSON.stringify(report, null, 2) : textOf(report, trained));
}

async function printModels(args: Arguments): Promise<void> {
  if (!args.values.peer) throw new UsageError("Cannot bench models: must be told --peer");
  const speeds = await benchModels({
    backend: device(args),
    width: WIDTH,
    threads: integerFlag(args, "workers", { max: 256 }) ?? 1,
  });
  console.log(args.values.json ? JSON.stringify(speeds, null, 2) : modelsText(speeds));
}

async function benchService(args: Arguments): Promise<ServeSpeed> {
  const folder = textFlag(args, "photos");
  const { photos } = folder === undefined ? { photos: [] } : await findPhotos([folder]);
  return await benchServe({
    photos: await Promise.all(photos.map((path) => Deno.readFile(path))),
    seconds: integerFlag(args, "seconds", { max: 600 })!,
    backend: device(args),
    log: (line) => console.error(`measuring ${line}`),
  });
}

async function benchTrained(args: Arguments): Promise<TrainingSpeed[]> {
  const log = (line: string) => console.error(line);
  const plan = await planTraining({
    device: device(args),
    network: choiceFlag(args, "network", TRAINING_NETWORKS),
    workers: integerFlag(args, "workers", { max: 256 }),
    batch: integerFlag(args, "batch"),
    peer: args.values.peer === true,
  }, log);
  const speeds: TrainingSpeed[] = [];
  for (const each of plan) speeds.push(await benchTraining(each));
  return speeds;
}

async function benchEnlarging(args: Arguments): Promise<NonNullable<BenchReport["upsample"]>> {
  const photos = await photosFor("upsample", args);
  const { edgeAwareDeltaE, bilinearDeltaE, msPerMegapixel } = await benchUpsample(photos);
  return {
    photos: photos.length,
    edge_aware_delta_e2000: edgeAwareDeltaE,
    bilinear_delta_e2000: bilinearDeltaE,
    ms_per_megapixel: msPerMegapixel,
  };
}

async function benchGuesses(args: Arguments): Promise<NonNullable<BenchReport["looks"]>> {
  const photos = await photosFor("looks", args);
  const { grayDeltaE, afar, closer } = await benchLooks(photos, { backend: device(args) });
  return {
    photos: photos.length,
    gray_delta_e2000: grayDeltaE,
    one_look_delta_e2000: afar.deltaE,
    one_look_ms: afar.ms,
    closer_looks_delta_e2000: closer.deltaE,
    closer_looks_ms: closer.ms,
  };
}

async function photosFor(part: string, args: Arguments): Promise<string[]> {
  const folder = textFlag(args, "photos");
  if (folder === undefined) {
    throw new UsageError(`Cannot bench ${part}: needs --photos DIR, got none`);
  }
  const { photos } = await findPhotos([folder]);
  if (photos.length === 0) throw new RangeError(`Cannot bench ${folder}: must hold photographs`);
  return photos;
}

function device(args: Arguments): BackendChoice {
  return choiceFlag(args, "device", BACKEND_CHOICES) ??
    choiceFlag(args, "backend", BACKEND_CHOICES)!;
}

async function benchNetworks(args: Arguments): Promise<NetworkSpeed[]> {
  const choice = device(args);
  const batch = integerFlag(args, "batch") ?? 32;
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
