/** `deno task report`: one HTML page of tables, charts and pictures. */
import { BACKEND_CHOICES, startBackend } from "../src/backend/start.ts";
import { loadModel, type Model } from "../src/colorize/model.ts";
import { type ImageSplit, openSplit } from "../src/data/split.ts";
import { drawFigure, figureColumns } from "../src/eval/figure.ts";
import type { Predictor } from "../src/eval/predictor.ts";
import { REPORTED_VARIANTS } from "../src/eval/reported.ts";
import { decodeImage } from "../src/image/decode.ts";
import { findPhotos } from "./colorize/find_photos.ts";
import { BACKEND_FLAG, DATA_FLAG, MODELS_FLAG } from "./command/common_flags.ts";
import { choiceFlag, integerFlag, textFlag } from "./command/flags.ts";
import { type Arguments, type Command, runCommand, UsageError } from "./command/run.ts";
import { loadPredictors } from "./eval/load_predictors.ts";
import { measureAll, type Measured, readMeasured } from "./report/measure.ts";
import { reportPage, type Section } from "./report/page.ts";
import { contactSheet, extremes, sampleGrid } from "./report/pictures.ts";
import { hintSection, metricsSection, studySection } from "./report/sections.ts";
import { readStudy } from "./study/train_variant.ts";

const COMMAND: Command = {
  name: "report",
  summary:
    "Writes one HTML page: the report's tables, figures and charts, ours beside its own. It " +
    "measures every model that has weights, unless --metrics and --per-image say what eval found.",
  positionals: "",
  flags: {
    out: { type: "string", short: "o", value: "FILE", default: "report.html", help: "the page" },
    split: { type: "string", value: "SPLIT", default: "test", help: "val or test" },
    limit: { type: "string", value: "N", help: "only the first N images" },
    metrics: { type: "string", value: "FILE", help: "what deno task eval all --json printed" },
    "per-image": { type: "string", value: "FILE", help: "what its --per-image wrote" },
    study: { type: "string", value: "DIR", default: "runs/study", help: "runs of deno task study" },
    photos: {
      type: "string",
      value: "DIR",
      help: "folder of photographs to show colorized by the palette model",
    },
    dir: DATA_FLAG,
    models: MODELS_FLAG,
    backend: BACKEND_FLAG,
  },
  examples: [
    "deno task report",
    "deno task report --split val --limit 500 -o preview.html",
    "deno task report --photos photographs/",
  ],
};

/** Images in Fig. 5, and of the hardest and best ones. */
const FIGURE_IMAGES = 8;
/** Rows of Fig. 5 do not show every setting: gray is its first column. */
const FIGURE_SKIPS = /^(gray|mean)$|\+/;
const PHOTO_VIVIDNESS = [0.5, 1];

if (import.meta.main) await runCommand(COMMAND, report);

async function report(args: Arguments): Promise<void> {
  const out = textFlag(args, "out")!;
  const [metrics, perImage] = [textFlag(args, "metrics"), textFlag(args, "per-image")];
  if ((metrics === undefined) !== (perImage === undefined)) {
    throw new UsageError("Cannot report: --metrics and --per-image need each other, got one alone");
  }
  const split = await openSplit(
    textFlag(args, "dir")!,
    choiceFlag(args, "split", ["val", "test"] as const)!,
  );
  await refuseUnwritable(out);
  const device = await startBackend(choiceFlag(args, "backend", BACKEND_CHOICES)!);
  console.error(`device: ${device.description} (${device.reason})`);
  const modelsDir = textFlag(args, "models")!;
  const predictors = await loadPredictors(["all"], { modelsDir, device });
  const images = Math.min(integerFlag(args, "limit") ?? split.count, split.count);
  // What may be refused comes before the long work.
  const photos = await photoSection(textFlag(args, "photos"), modelsDir);
  const study = await studyOf(args);
  const measured = metrics !== undefined
    ? await readMeasured(metrics, perImage!, split)
    : await measureAll(split, predictors, { images, device: device.description });
  const sections = [
    await metricsSection(measured.evaluation),
    await hintSection(measured.evaluation),
    await figureSection(split, predictors),
    await extremesSection(split, predictors, measured),
    photos,
    study,
    await sampleSection(split),
  ].filter((section) => section !== undefined);
  device.check();
  const text =
    "Colors are predicted from lightness, and in rows NAME+N from N hint points too; PSNR " +
    "and SSIM are those of the whole picture, whose lightness is the true one.";
  await Deno.writeTextFile(out, reportPage({ title: "Polychromify: report", text, sections }));
  split.close();
  console.log(out);
}

/** Fails before long work where a file cannot be written; an earlier page stays, and no new one is left. */
async function refuseUnwritable(path: string): Promise<void> {
  const isNew = await Deno.lstat(path).then(() => false, () => true);
  await Deno.writeTextFile(path, "", { append: true });
  if (isNew) await Deno.remove(path);
}

async function figureSection(split: ImageSplit, predictors: Predictor[]): Promise<Section> {
  const count = Math.min(FIGURE_IMAGES, split.count);
  const indices = Array.from(
    { length: count },
    (_, i) => Math.floor((i + 0.5) * split.count / count),
  );
  const shown = predictors.filter(({ name }) => !FIGURE_SKIPS.test(name));
  const columns = await figureColumns(split, shown, indices);
  return {
    heading: "Fig. 5: the same images by every model",
    text: "Images from all over the split, not chosen by their result.",
    blocks: [{ kind: "png", png: await drawFigure(columns, split.sizePx), alt: "Images by model" }],
  };
}

/** The images that the most faithful trained model colors worst and best. */
async function extremesSection(
  split: ImageSplit,
  predictors: Predictor[],
  { evaluation, rows }: Measured,
): Promise<Section | undefined> {
  const ranked = evaluation.models.filter(({ name, parameters }) =>
    parameters > 0 && !name.includes("+")
  ).sort((one, other) => other.psnr_rgb - one.psnr_rgb);
  const predictor = predictors.find(({ name }) => name === ranked[0]?.name);
  if (!predictor) return undefined;
  const { worst, best } = extremes(rows.get(predictor.name)!, FIGURE_IMAGES);
  const blocks = await Promise.all(
    [["hardest", worst], ["best", best]].map(async ([alt, indices]) => ({
      kind: "png" as const,
      png: await drawFigure(
        await figureColumns(split, [predictor], indices as number[]),
        split.sizePx,
      ),
      alt: `The ${alt} images`,
    })),
  );
  return {
    heading: "The hardest and the best images",
    text:
      `By PSNR of ${predictor.name}: first the ${worst.length} lowest, then the ${best.length} ` +
      "highest among images that have color.",
    blocks,
  };
}

async function photoSection(
  folder: string | undefined,
  modelsDir: string,
): Promise<Section | undefined> {
  if (folder === undefined) return undefined;
  const { photos, problems } = await findPhotos([folder]);
  for (const problem of problems) console.error(`report: ${problem}`);
  if (photos.length === 0) {
    throw new RangeError(
      `Cannot show ${folder}: must hold photographs, got none (folders in it are not searched)`,
    );
  }
  const model: Model = await loadModel(modelsDir, "palette");
  const images = [];
  for (const path of photos) {
    images.push(await decodeImage(await Deno.readFile(path), { name: path }));
  }
  const png = await contactSheet(images, model, PHOTO_VIVIDNESS);
  return {
    heading: "Photographs",
    text: `As they are, and by palette at vividness ${PHOTO_VIVIDNESS.join(" and ")}.`,
    blocks: [{ kind: "png", png, alt: "Photographs, colorized" }],
  };
}

async function studyOf(args: Arguments): Promise<Section | undefined> {
  const { results, histories } = await readStudy(textFlag(args, "study")!, {
    variants: Object.keys(REPORTED_VARIANTS),
    dataDir: textFlag(args, "dir")!,
  });
  return await studySection(results, histories.filter(({ name }) => /^v[56]$/.test(name)));
}

async function sampleSection(split: ImageSplit): Promise<Section> {
  return {
    heading: "Fig. 1: sample images",
    text: `Of the ${split.count.toLocaleString("en-US")} images of the ${split.split} split.`,
    blocks: [{ kind: "png", png: await sampleGrid(split), alt: "A grid of sample images" }],
  };
}
