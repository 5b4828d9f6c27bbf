/** `deno task study`: the report's model selection, Table 1. */
import { BACKEND_CHOICES } from "../src/backend/start.ts";
import { REPORTED_VARIANTS } from "../src/eval/reported.ts";
import { BACKEND_FLAG, DATA_FLAG, MODELS_FLAG } from "./command/common_flags.ts";
import { choiceFlag, integerFlag, textFlag } from "./command/flags.ts";
import { type Arguments, type Command, runCommand, UsageError } from "./command/run.ts";
import { studyTable } from "./study/table.ts";
import { readStudy, trainVariant } from "./study/train_variant.ts";
import { readTrainingData } from "./train/training_data.ts";

const VARIANTS = Object.keys(REPORTED_VARIANTS);

const COMMAND: Command = {
  name: "study",
  summary: `Trains the variants of the report's model selection (default: all of ${
    VARIANTS.join(", ")
  }) and prints Table 1. Goes on where it stopped.`,
  positionals: "[VARIANT...]",
  flags: {
    images: { type: "string", value: "N", help: "train on N images from all over the split only" },
    epochs: { type: "string", value: "N", help: "instead of the report's 25 (v5: 50)" },
    "table-only": { type: "boolean", help: "train nothing, print what there is" },
    json: { type: "boolean", help: "print JSON instead of a Markdown table" },
    out: { type: "string", value: "DIR", default: "runs/study", help: "folder of the runs" },
    backend: BACKEND_FLAG,
    workers: { type: "string", value: "N", help: "on wasm (default: the processor's cores)" },
    dir: DATA_FLAG,
    models: MODELS_FLAG,
  },
  examples: [
    "deno task study",
    "deno task study --images 2000 --epochs 2",
    "deno task study v5 v6",
    "deno task study --table-only",
  ],
};

if (import.meta.main) await runCommand(COMMAND, study);

async function study(args: Arguments): Promise<number> {
  const variants = variantsOf(args);
  const dir = textFlag(args, "dir")!;
  const out = textFlag(args, "out")!;
  await readTrainingData(dir); // fails before work
  const flags = trainFlags(args, dir);
  const [images, epochs] = [integerFlag(args, "images"), integerFlag(args, "epochs")];
  for (const variant of args.values["table-only"] ? [] : variants) {
    console.error(`study: ${variant}`);
    const run = { variant, runDir: `${out}/${variant}`, images, epochs, flags };
    const code = await trainVariant(run);
    if (code === 130) {
      console.error("stopped; the same command goes on");
      return 130;
    }
    if (code !== 0) throw new Error(`Cannot go on with the study: training ${variant} failed`);
  }
  const { results } = await readStudy(out, { variants, dataDir: dir });
  if (results.length === 0) {
    throw new RangeError(`Cannot print Table 1: ${out} must hold a run of a variant, got none`);
  }
  console.log(args.values.json ? JSON.stringify({ results }, null, 2) : studyTable(results));
  return 0;
}

function variantsOf({ positionals }: Arguments): string[] {
  for (const name of positionals) {
    if (!VARIANTS.includes(name)) {
      throw new UsageError(
        `Cannot study: VARIANT must be one of ${VARIANTS.join(", ")}, got ${name}`,
      );
    }
  }
  return positionals.length > 0 ? [...new Set(positionals)] : VARIANTS;
}

function trainFlags(args: Arguments, dir: string): string[] {
  const workers = integerFlag(args, "workers", { max: 256 });
  return [
    ...["--backend", choiceFlag(args, "backend", BACKEND_CHOICES)!],
    ...["--dir", Deno.realPathSync(dir), "--models", Deno.realPathSync(textFlag(args, "models")!)],
    ...(workers === undefined ? [] : ["--workers", String(workers)]),
  ];
}
