/** `deno task colorize`: colorizes photographs from the command line. */
import { BACKEND_CHOICES } from "../src/backend/start.ts";
import { formatOfPath, OUTPUT_FORMATS, type OutputFormat } from "../src/image/encode.ts";
import {
  type Colorizer,
  DEFAULT_MODEL,
  localColorizer,
  remoteColorizer,
} from "./colorize/colorizer.ts";
import { fileId, findPhotos } from "./colorize/find_photos.ts";
import { handColorizer } from "./colorize/hand_colorizer.ts";
import { HAND_FLAGS, readHandFlags } from "./colorize/hand_flags.ts";
import { PALETTE_FLAGS, type PaletteOptions, readPaletteFlags } from "./colorize/palette_flags.ts";
import { referenceColorizer } from "./colorize/reference_colorizer.ts";
import { readReferenceFlags, REFERENCE_FLAGS } from "./colorize/reference_flags.ts";
import { type Job, outputPaths, type OutputPlan, planOutputs } from "./colorize/plan_outputs.ts";
import { refuseInput, writeWhole } from "./colorize/write_output.ts";
import { BACKEND_FLAG, MODELS_FLAG } from "./command/common_flags.ts";
import { choiceFlag, integerFlag, textFlag } from "./command/flags.ts";
import { startProgress } from "./command/progress.ts";
import { type Arguments, type Command, errorChain, runCommand, UsageError } from "./command/run.ts";

const COMMAND: Command = {
  name: "colorize",
  summary: "Colorizes photographs of any size: files, folders (the pictures directly in them) or " +
    "quoted patterns.",
  positionals: "PHOTO...",
  flags: {
    out: {
      type: "string",
      short: "o",
      value: "OUT",
      help: "file for one photo, folder for several; without it NAME-color.EXT beside each photo",
    },
    model: {
      type: "string",
      value: "NAME",
      help: `model to colorize with (default: ${DEFAULT_MODEL})`,
    },
    models: MODELS_FLAG,
    size: {
      type: "string",
      value: "N",
      help:
        "short side of the copy that the network sees, 8 to 1024 (default: the model's own, and " +
        "for palettes closer looks at up to twice that)",
    },
    format: {
      type: "string",
      value: "FORMAT",
      help: `${OUTPUT_FORMATS.join(", ")}; without it each photo's own, PNG for TIFF and GIF`,
    },
    quality: { type: "string", value: "N", help: "1 to 100, for JPEG, WebP and AVIF" },
    ...PALETTE_FLAGS,
    ...HAND_FLAGS,
    ...REFERENCE_FLAGS,
    backend: BACKEND_FLAG,
    server: {
      type: "string",
      value: "URL",
      help: "have a running server do it, and need no device here",
    },
    "token-file": { type: "string", value: "FILE", help: "the server's bearer token" },
  },
  examples: [
    "deno task colorize grandmother.jpg",
    "deno task colorize grandmother.jpg -o grandmother.png",
    "deno task colorize album/ scans/*.tif -o colored/ --format jpeg --quality 90",
    "deno task colorize 'archive/**/*.jpg' -o colored/",
    "deno task colorize coat.jpg --vividness 0.8 --point '120,80,#7a3b2e' --point '300,40,#86a9c4'",
    "deno task colorize coat.jpg --candidates 4 --uncertainty",
    "deno task colorize coat.jpg --method geodesic --strokes painted.png",
    "deno task colorize coat.jpg --reference painting.jpg",
    "deno task colorize coat.jpg --reference painting.jpg --transfer welsh --swatch '9,9,40,30=200,80,60,60'",
    "deno task colorize album/ -o colored/ --server http://gpu-box:8000",
  ],
};

await runCommand(COMMAND, async (args) => {
  if (args.positionals.length === 0) throw new UsageError("Cannot colorize: missing PHOTO");
  const sizePx = integerFlag(args, "size", { min: 8, max: 1024 });
  const quality = integerFlag(args, "quality", { max: 100 });
  const backend = choiceFlag(args, "backend", BACKEND_CHOICES)!;
  if (args.values["token-file"] !== undefined && args.values.server === undefined) {
    throw new UsageError("Cannot use --token-file: needs --server URL, got none");
  }
  const { photos, isSet, problems } = await findPhotos(args.positionals);
  const plan = await outputPlan(args, isSet || args.positionals.length > 1);
  const palette = await readPaletteFlags(args, photos.length);
  const reference = readReferenceFlags(args, photos.length);
  const jobs = planOutputs(photos, { ...plan, extras: palette });
  for (const problem of problems) console.error(`colorize: ${problem}`);
  if (jobs.length === 0) return 1;

  const hand = readHandFlags(args, { photos: photos.length, palette });
  const settings = { backend, sizePx, quality, palette };
  if (hand && reference) throw new UsageError("Cannot use --reference with --method: choose one");
  const url = textFlag(args, "server");
  const colorizer = url !== undefined
    ? await remoteColorizer(args, { ...settings, url, hand, reference })
    : reference
    ? await referenceColorizer(args, reference, settings)
    : hand
    ? await handColorizer(args, { ...settings, hand })
    : await localColorizer(args, settings);
  if (palette.suggest) return await suggest(jobs[0]!.input, palette.suggest, colorizer);
  const inputs = [
    ...jobs.map(({ input }) => input),
    ...[reference?.path, hand?.strokesPath, textFlag(args, "points")].filter((path) =>
      path != null
    ),
  ];
  const failed = await colorizeAll(jobs, { colorizer, palette, inputs });
  return failed + problems.length > 0 ? 1 : 0;
});

async function suggest(
  input: string,
  place: { x: number; y: number },
  colorizer: Colorizer,
): Promise<number> {
  for (const { color, share } of await colorizer.suggest(input, { ...place, count: 6 })) {
    console.log(`${color} ${(100 * share).toFixed(0)}%`);
  }
  return 0;
}

/** Colorizes one photo after the other; returns how many failed. */
async function colorizeAll(
  jobs: Job[],
  { colorizer, palette, inputs }: {
    colorizer: Colorizer;
    palette: PaletteOptions;
    /** Files that are read, and never written. */
    inputs: string[];
  },
): Promise<number> {
  const inputIds = new Set<string>();
  for (const input of inputs) inputIds.add(await fileId(input) ?? input);
  const progress = startProgress("colorize", { total: jobs.length, unit: "photos" });
  const written: string[] = [];
  let failed = 0;
  for (const [index, job] of jobs.entries()) {
    colorizer.check(); // without its device no photo can succeed
    try {
      written.push(...await colorizeFile(job, { colorizer, palette, inputIds }));
    } catch (error) {
      failed++;
      progress.log(`colorize: ${errorChain(error)}`);
    }
    progress.update(index + 1, job.input);
  }
  progress.stop();
  for (const path of written) console.log(path);
  return failed;
}

/** Writes all pictures of one photo; returns their paths. */
async function colorizeFile(
  { input, output, format }: Job,
  { colorizer, palette, inputIds }: {
    colorizer: Colorizer;
    palette: PaletteOptions;
    inputIds: Set<string>;
  },
): Promise<string[]> {
  const { pictures: paths, map: mapPath } = outputPaths(output, palette);
  for (const path of [...paths, ...(mapPath ? [mapPath] : [])]) await refuseInput(path, inputIds);
  const { files, map } = await colorizer.colorize(input, format);
  for (const [i, file] of files.entries()) await writeWhole(paths[i]!, file);
  const written = paths.slice(0, files.length);
  if (!map || !mapPath) return written;
  await writeWhole(mapPath, map);
  return [...written, mapPath];
}

async function outputPlan(args: Arguments, isSet: boolean): Promise<OutputPlan> {
  const out = textFlag(args, "out");
  const format = choiceFlag(args, "format", OUTPUT_FORMATS);
  if (out === undefined) return { format };
  if (out === "") throw new UsageError("Cannot use --out: must be a path, got nothing");
  const info = await Deno.stat(out).catch(() => undefined);
  if (isSet && info?.isFile) {
    throw new UsageError(`Cannot use --out: must be a folder for several photos, got ${out}`);
  }
  if (isSet || info?.isDirectory || /[/\\]$/.test(out)) return { folder: out, format };
  return { file: out, format: fileFormat(out, format) };
}

/** The format of a single output file: what its extension says, and the flag must not contradict. */
function fileFormat(path: string, format: OutputFormat | undefined): OutputFormat {
  const named = formatOfPath(path);
  if (named && format && named !== format) {
    throw new UsageError(`Cannot use --format: must fit --out ${path}, got ${format}`);
  }
  const chosen = format ?? named;
  if (!chosen) {
    const known = OUTPUT_FORMATS.join(", ");
    throw new UsageError(
      `Cannot use --out: must end in one of ${known}, or --format say, got ${path}`,
    );
  }
  return chosen;
}
