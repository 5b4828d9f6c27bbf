/** The model card: what a model is, what it saw, how good it is, and what it cannot do. */
import type { DatasetIndex } from "../../src/data/dataset_index.ts";
import { type EvaluationReport, markdownReport } from "../../src/eval/report_table.ts";
import type { RunPosition } from "../../src/train/checkpoint.ts";
import type { TrainingConfig } from "../../src/train/config.ts";
import { formatDuration } from "../command/progress.ts";
import type { RunConfig } from "../train/run_folder.ts";

/** Everything that a card tells. */
export interface CardFacts {
  title: string;
  run: RunConfig;
  position: RunPosition;
  /** Images of the training split that the run used. */
  trainingImages: number;
  /** SHA-256 of the prepared training split. */
  trainingSha256: string;
  dataset: string;
  /** Side of the square training images. */
  sizePx: number;
  report: EvaluationReport;
  /** The command that measured the report. */
  evaluation: string;
  /** Precision of the weights, in words. */
  weights: string;
  /** Whether they are moving averages over the steps. */
  averaged: boolean;
  /** Other weights that these are the mean of, in Markdown: the command of a run, or a file. */
  averagedWith: readonly string[];
}

const MEAN_LIMIT = `\
- It predicts the mean of the colors that are plausible, so results are muted, the more the less the
  lightness tells about the color.`;

const DISTRIBUTION_LIMIT = `\
- It predicts how likely each color is. Faithful results average the likely ones and are muted where
  these differ; vivid results are more often wrong.`;

/** Names a data set, and those that it was joined from. */
export function datasetInWords(
  { dataset, parts }: Pick<DatasetIndex, "dataset" | "parts">,
): string {
  if (parts) {
    return parts.map((part) => `${part.name} (${count(part.trainingImages)} images)`).join(" and ");
  }
  return dataset === "tiny-imagenet-200" ? "Tiny ImageNet 200" : "a folder of photographs";
}

/** Writes a card as Markdown. */
export function modelCard(facts: CardFacts): string {
  const { title, run, report, evaluation, sizePx } = facts;
  const weights = facts.weights + (facts.averaged ? ", moving averages over the steps" : "");
  return `# ${title}

Predicts the colors (CIELAB a*, b*) of a picture from its lightness.

## Training

${trainingFacts(facts)}

## Figures

${markdownReport(report)}

Measured with the published weights (${weights}) by \`${evaluation}\`.
\`gray\` predicts no color at all, \`mean\` one constant color: a model that they beat has learned
little. Each PSNR is capped at 100 dB, which grayscale originals give to \`gray\`.

## Limits

- Trained on photographs of ${sizePx}x${sizePx} pixels: it knows the colors of large areas, not of small things.
${run.network.kind === "palette" ? DISTRIBUTION_LIMIT : MEAN_LIMIT}
- Faces, clothing, painted surfaces and anything else whose color is arbitrary are guesses.
`;
}

function trainingFacts(facts: CardFacts): string {
  const { run, position, trainingImages, trainingSha256, dataset, averagedWith } = facts;
  const { epochs, seed, augment, aged, classWeights, minColorfulness } = run.training;
  const palette = run.network.kind === "palette";
  const seen = position.epoch * trainingImages + position.imagesDone;
  const done = position.epoch + position.imagesDone / trainingImages;
  const share = `${Number(done.toFixed(2))} of the ${epochs} epoch(s) asked for`;
  // What each objective changes at random.
  const part = aged < 1 ? `${Number((100 * aged).toFixed(1))}% with ` : "";
  const old = palette ? `, ${part}other films, tones, grain and softness` : "";
  const changes = `flips and crops${old}`;
  const weighted = classWeights ? " an epoch, by the weights of their classes" : "";
  const skipped = minColorfulness > 0 ? ` of colorfulness ${minColorfulness} or more` : "";
  const { init } = run;
  const beginning = init ? `\`${init.path}\` (SHA-256 \`${init.sha256}\`)` : "fresh weights";
  const duration = formatDuration(position.trainedSeconds);
  return `- Data: ${dataset}, training split, ${
    count(trainingImages)
  } images${skipped}${weighted} (SHA-256 of the
  prepared pixels: \`${trainingSha256}\`).
- Seen: ${count(seen)} images in ${count(position.step)} steps, ${share}.
- Began with: ${beginning}.
- Loss: ${palette ? "soft cross-entropy over bins of ab" : "mean squared error of ab / 128"}.
- Regime: ${optimizer(run.training)},
  seed ${seed}, ${augment ? changes : "no augmentation"}.
- Time: ${duration} (h:mm:ss) on ${run.device}, ${run.workers} worker(s).
- Command: \`${run.command}\`${meanWith(averagedWith)}`;
}

/** What a run was that weights are averaged with, in Markdown: its command and what it saw. */
export function runInWords(
  { run, position }: Pick<CardFacts, "run" | "position">,
): string {
  const seen = position.history.reduce((sum, { images }) => sum + images, position.imagesDone);
  const data = run.trainingSha256 === undefined ? "" : `, pixels \`${run.trainingSha256}\``;
  return `\`${run.command}\`: ${count(seen)} images in ${count(position.step)} steps on ` +
    `${run.device}${data}`;
}

/** What else the weights are the mean of; what counts several times is told once. */
function meanWith(origins: readonly string[]): string {
  if (origins.length === 0) return "";
  const lines = [...Map.groupBy(origins, (origin) => origin)].map(([origin, { length }]) =>
    `\n  - ${length > 1 ? `${length} times: ` : ""}${origin}`
  );
  return `\n- Weights: the mean of those of this run and of ${origins.length} more:${
    lines.join("")
  }`;
}

/** The optimizer and its settings; those that change nothing are left out. */
function optimizer(training: TrainingConfig): string {
  const { batch, learningRate, schedule, warmupSteps, finalLearningRate } = training;
  const { weightDecay, clipNorm, emaDecay } = training;
  return [
    weightDecay > 0 ? `AdamW, weight decay ${weightDecay}` : "Adam",
    `learning rate ${learningRate}`,
    ...(warmupSteps > 0 ? [`${warmupSteps} steps of warm-up`] : []),
    ...(schedule === "cosine" ? [`cosine to ${finalLearningRate}`] : []),
    `batches of ${batch}`,
    ...(clipNorm === null ? [] : [`gradients clipped to norm ${clipNorm}`]),
    ...(emaDecay === null ? [] : [`averages of decay ${emaDecay}`]),
  ].join(", ");
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
