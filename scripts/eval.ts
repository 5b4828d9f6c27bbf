/** `deno task eval`: measures models on a split, beside the trivial predictors. */
import { BACKEND_CHOICES, startBackend } from "../src/backend/start.ts";
import { TRAINING_AB_COUNTS } from "../src/color/ab_prior.ts";
import { type ImageSplit, openSplit } from "../src/data/split.ts";
import { rebalancingWeights } from "../src/eval/auc_rebalanced.ts";
import { evaluate, type ImageRow } from "../src/eval/evaluate.ts";
import { drawFigure, figureColumns } from "../src/eval/figure.ts";
import type { Predictor } from "../src/eval/predictor.ts";
import { markdownReport } from "../src/eval/report_table.ts";
import type { ModelMetrics } from "../src/eval/tally.ts";
import { BACKEND_FLAG, DATA_FLAG, MODELS_FLAG } from "./command/common_flags.ts";
import { choiceFlag, integerFlag, numberFlag, textFlag } from "./command/flags.ts";
import { startProgress } from "./command/progress.ts";
import { type Arguments, type Command, runCommand, UsageError } from "./command/run.ts";
import { loadPredictors } from "./eval/load_predictors.ts";

const COMMAND: Command = {
  name: "eval",
  summary: "Measures models on a split; the trivial predictors gray and mean are always in the " +
    "table. `all` stands for every model that has weights.",
  positionals: "[NAME...]",
  flags: {
    split: { type: "string", value: "SPLIT", default: "val", help: "val or test" },
    limit: { type: "string", value: "N", help: "only the first N images" },
    grain: {
      type: "string",
      value: "S",
      help: "add grain of deviation S, in L*, to what models see; 1 is hardly visible",
    },
    dir: DATA_FLAG,
    models: MODELS_FLAG,
    backend: BACKEND_FLAG,
    json: { type: "boolean", help: "print JSON instead of a Markdown table" },
    "per-image": {
      type: "string",
      value: "FILE",
      help: "also write each image's figures, a JSON object per line",
    },
    figure: {
      type: "string",
      value: "FILE",
      help: "also draw images beside each other, as PNG: grayscale, each model, original",
    },
    images: {
      type: "string",
      value: "I,J,K",
      help: "images of the figure, counted from 0 (default: the first 8)",
    },
  },
  examples: [
    "deno task eval polychromify",
    "deno task eval all --split test --json > table.json",
    "deno task eval polychromify cnn --limit 1000 --figure fig5.png --images 3,14,15",
    "deno task eval palette@0 palette@1 palette@0+10   # vividness, simulated hints",
    "deno task eval palette@0 --grain 1   # colors that come from what is shown, not from JPEG",
    "deno task eval palette@0.1:1:0.5:1.3:6:11:1   # lambda, gain, temperature, chroma, dispersion, neutral, red",
  ],
};

await runCommand(COMMAND, async (args) => {
  const options = readFlags(args);
  const split = await openSplit(options.dir, options.split);
  const images = Math.min(options.limit ?? split.count, split.count);
  const indices = figureImages(options.images, split.count);
  if (options.perImage) await writeOutput(options.perImage, new Uint8Array()); // fails before work
  const device = await startBackend(options.backend);
  console.error(`device: ${device.description} (${device.reason})`);
  const predictors = await loadPredictors(args.positionals, { modelsDir: options.models, device });
  if (options.figure) {
    // The grayscale column is what `gray` predicts.
    const shown = predictors.filter(({ name }) => name !== "gray");
    const columns = await figureColumns(split, shown, indices);
    await writeOutput(options.figure, await drawFigure(columns, split.sizePx));
    console.error(`figure: ${options.figure}`);
  }
  const { perImage, grain } = options;
  const models = await measure(split, predictors, { images, perImage, grain });
  const about = { split: split.split, images, ...(grain > 0 && { grain }) };
  const report = { ...about, device: device.description, models };
  console.log(options.json ? JSON.stringify(report, null, 2) : markdownReport(report));
});

function readFlags(args: Arguments) {
  const figure = textFlag(args, "figure");
  const images = textFlag(args, "images");
  if (figure !== undefined && !figure.endsWith(".png")) {
    throw new UsageError(`Cannot use --figure: must end in .png, got ${figure}`);
  }
  if (images !== undefined && figure === undefined) {
    throw new UsageError(`Cannot use --images: needs --figure FILE, got ${images} alone`);
  }
  return {
    split: choiceFlag(args, "split", ["val", "test"] as const)!,
    limit: integerFlag(args, "limit"),
    grain: numberFlag(args, "grain", { min: 0 }) ?? 0,
    dir: textFlag(args, "dir")!,
    models: textFlag(args, "models")!,
    backend: choiceFlag(args, "backend", BACKEND_CHOICES)!,
    json: args.values.json === true,
    perImage: textFlag(args, "per-image"),
    figure,
    images,
  };
}

/** Indices of the figure's images. */
function figureImages(text: string | undefined, count: number): number[] {
  if (text === undefined) return Array.from({ length: Math.min(8, count) }, (_, i) => i);
  return text.split(",").map((part) => {
    if (!/^\d+$/.test(part.trim()) || Number(part) >= count) {
      throw new UsageError(
        `Cannot use --images: must be numbers 0 to ${count - 1} between commas, got ${text}`,
      );
    }
    return Number(part);
  });
}

async function writeOutput(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await Deno.writeFile(path, bytes);
  } catch (cause) {
    throw new Error(`Cannot write ${path}: must be a file in a folder that is there`, { cause });
  }
}

async function measure(
  split: ImageSplit,
  predictors: Predictor[],
  { images, perImage, grain }: { images: number; perImage: string | undefined; grain: number },
): Promise<ModelMetrics[]> {
  const progress = startProgress("eval", { total: images, unit: "images" });
  const lines: string[] = []; // of the batch at hand
  try {
    return await evaluate(split, predictors, {
      ...{ limit: images, grain },
      binWeights: rebalancingWeights(TRAINING_AB_COUNTS),
      ...(perImage && { onImage: (row: ImageRow) => lines.push(`${JSON.stringify(row)}\n`) }),
      onProgress: (done) => {
        if (perImage) Deno.writeTextFileSync(perImage, lines.splice(0).join(""), { append: true });
        progress.update(done);
      },
    });
  } finally {
    progress.stop();
  }
}
