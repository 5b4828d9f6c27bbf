/** `deno task data`: prepares Tiny ImageNet or a folder of photographs. */
import { join } from "node:path";
import {
  type DatasetIndex,
  pixelsPath,
  readDatasetIndex,
  SPLITS,
  unreadablePath,
} from "../src/data/dataset_index.ts";
import { downloadFile } from "../src/data/download.ts";
import { joinDatasets } from "../src/data/join_datasets.ts";
import { checkDataset, type Prepared } from "../src/data/prepare.ts";
import { preparePhotographs } from "../src/data/prepare_photographs.ts";
import { prepareTinyImagenet } from "../src/data/prepare_tiny_imagenet.ts";
import type { PrepareOptions } from "../src/data/recipe.ts";
import { openSource, type Source } from "../src/data/source.ts";
import {
  isComplete,
  isTinyImagenetFolder,
  TINY_IMAGENET_ARCHIVE,
  TINY_IMAGENET_SIZE_PX,
} from "../src/data/tiny_imagenet.ts";
import { integerFlag, textFlag, textFlags } from "./command/flags.ts";
import { startProgress } from "./command/progress.ts";
import { type Arguments, type Command, runCommand, UsageError } from "./command/run.ts";

const COMMAND: Command = {
  name: "data",
  summary: `Prepares a data set for training and evaluation: Tiny ImageNet, which is downloaded
(248 MB) unless --from tells where it is, any folder of photographs, or prepared sets joined into
one. What an earlier run did is kept; run the command again after an interruption.`,
  positionals: "[SOURCE...]",
  flags: {
    from: {
      type: "string",
      multiple: true,
      value: "SOURCE",
      help: "Tiny ImageNet as zip, .tar.gz parts or folder (may be given again, or several " +
        "after one another); or a folder of photographs; or folders of prepared sets, of which " +
        "the first gives validation and test images and all training images",
    },
    dir: {
      type: "string",
      value: "DIR",
      default: "data/tiny-imagenet-200",
      help: "where the prepared set goes",
    },
    size: {
      type: "string",
      value: "N",
      help: "photographs are cut to squares and resized to NxN pixels, 64 when not given",
    },
    crops: {
      type: "string",
      value: "N",
      help: "training images of each photograph: its middle and N - 1 other parts (default: 1)",
    },
  },
  examples: [
    "deno task data",
    "deno task data --from downloads/tiny-imagenet-200.zip",
    "deno task data --from downloads/*.tar.gz",
    "deno task data --from ~/photos --size 64 --dir data/photos",
    "deno task data --from ~/photos --crops 40 --dir data/photos",
    "deno task data --from data/tiny-imagenet-200 data/photos --dir data/both",
  ],
};

const MAX_SIZE_PX = 1024;
const MAX_CROPS = 1000;

await runCommand(COMMAND, main);

async function main(args: Arguments): Promise<void> {
  const dir = textFlag(args, "dir")!;
  const sizePx = integerFlag(args, "size", { min: 8, max: MAX_SIZE_PX });
  const crops = integerFlag(args, "crops", { max: MAX_CROPS });
  const paths = [...textFlags(args, "from"), ...args.positionals];
  const options = {
    dir,
    startProgress,
    log: (line: string) => console.error(line),
    signal: interruptSignal(),
  };
  const { index, changed } = await prepare(paths, { ...options, sizePx, crops });
  if (changed.length === 0) console.error(`${dir} is prepared already: nothing to do`);
  console.log(reportText(dir, index));
}

/** What only photographs are asked for. */
interface AskedFor {
  sizePx: number | undefined;
  crops: number | undefined;
}

async function prepare(
  paths: string[],
  { sizePx, crops, ...options }: PrepareOptions & AskedFor,
): Promise<Prepared> {
  const sources: Source[] = [];
  for (const path of paths) sources.push(await openSource(path));
  const prepared = await preparedSets(paths);
  if (prepared.length > 0) {
    refuseForPhotographs({ sizePx, crops }, "prepared sets keep their images");
    return joinDatasets(prepared, options);
  }
  const photographs = await firstPhotographs(sources);
  if (photographs !== undefined) {
    if (sources.length > 1) {
      throw new UsageError(
        `Cannot prepare photographs: must be one folder and nothing else, got ${paths.join(", ")}`,
      );
    }
    const size = sizePx ?? TINY_IMAGENET_SIZE_PX;
    return preparePhotographs(photographs, { ...options, sizePx: size, crops });
  }
  const isOwnSize = sizePx === TINY_IMAGENET_SIZE_PX;
  refuseForPhotographs(
    { sizePx: isOwnSize ? undefined : sizePx, crops },
    `Tiny ImageNet has images of ${TINY_IMAGENET_SIZE_PX}`,
  );
  return sources.length > 0 ? prepareTinyImagenet(sources, options) : prepareDownload(options);
}

/** @throws {UsageError} When something is asked for that only photographs have. */
function refuseForPhotographs({ sizePx, crops }: AskedFor, rule: string): void {
  if (sizePx !== undefined) {
    throw new UsageError(`Cannot use --size: ${rule}, got ${sizePx}`);
  }
  if (crops !== undefined) {
    throw new UsageError(`Cannot use --crops: only photographs are cut, and ${rule}, got ${crops}`);
  }
}

/**
 * The paths, when they are prepared sets.
 * @returns Empty when none is one.
 * @throws {UsageError} When only some are, or there is one only.
 */
async function preparedSets(paths: string[]): Promise<string[]> {
  const prepared: string[] = [];
  for (const path of paths) if (await isPrepared(path)) prepared.push(path);
  if (prepared.length === 0) return [];
  if (prepared.length !== paths.length || paths.length < 2) {
    throw new UsageError(
      `Cannot join prepared sets: must be two or more and nothing else, got ${paths.join(", ")}`,
    );
  }
  return prepared;
}

async function isPrepared(path: string): Promise<boolean> {
  if (!(await Deno.stat(path)).isDirectory) return false;
  try {
    return await readDatasetIndex(path) !== undefined;
  } catch (error) {
    // The index.json of something else, beside photographs; a damaged one stands beside pixels.
    const hasPixels = await Deno.stat(pixelsPath(path, "train")).then(() => true, () => false);
    if (error instanceof SyntaxError && !hasPixels) return false;
    throw error;
  }
}

/** The first folder that is not an extracted Tiny ImageNet. */
async function firstPhotographs(sources: Source[]): Promise<string | undefined> {
  for (const { kind, path } of sources) {
    if (kind === "folder" && !await isTinyImagenetFolder(path)) return path;
  }
  return undefined;
}

async function prepareDownload(options: PrepareOptions): Promise<Prepared> {
  const { dir, log } = options;
  const found = await checkDataset(dir, {
    kind: "tiny-imagenet-200",
    sizePx: TINY_IMAGENET_SIZE_PX,
  });
  if (found && await isComplete(dir, found)) return { index: found, changed: [] };
  await Deno.mkdir(dir, { recursive: true });
  const path = join(dir, "tiny-imagenet-200.zip");
  await downloadFile(TINY_IMAGENET_ARCHIVE, path, options);
  const prepared = await prepareTinyImagenet([await openSource(path)], options);
  log(`${path} is not needed any more`);
  return prepared;
}

/** Aborts on Ctrl-C, so that the work stops at a clean point and the terminal is left in order. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const reason = new Error("interrupted: run the command again, it goes on where it was");
  Deno.addSignalListener("SIGINT", () => controller.abort(reason));
  return controller.signal;
}

/** What the set holds, one line per split. */
function reportText(dir: string, { splits, sizePx }: DatasetIndex): string {
  const lines = SPLITS.map((split) => {
    const entry = splits[split];
    if (!entry) return `${split.padEnd(5)}    none`;
    const { count, expected, unreadable } = entry;
    const all = expected === undefined ? "images" : `of ${expected} images`;
    const gap = expected !== undefined && count + unreadable < expected ? ", incomplete" : "";
    const skipped = unreadable > 0
      ? `, ${unreadable} unreadable, listed in ${unreadablePath(dir, split)}`
      : "";
    return `${split.padEnd(5)} ${String(count).padStart(7)} ${all}${gap}${skipped}`;
  });
  return [`${dir}: ${sizePx}x${sizePx} pixels`, ...lines].join("\n");
}
