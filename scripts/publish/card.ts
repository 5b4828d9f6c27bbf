/** The model card: what a model is, what it saw, how good it is, and what it cannot do. */
import { type EvaluationReport, markdownReport } from "../../src/eval/report_table.ts";
import type { RunPosition } from "../../src/train/checkpoint.ts";
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
  weights: string;
}

/** Writes a card as Markdown. */
export function modelCard(facts: CardFacts): string {
  const { title, run, position, report, evaluation, weights, sizePx } = facts;
  const { epochs, batch, learningRate, seed, augment } = run.training;
  const seen = position.epoch * facts.trainingImages + position.imagesDone;
  const done = position.epoch + position.imagesDone / facts.trainingImages;
  const share = `${Number(done.toFixed(2))} of the ${epochs} epoch(s) asked for`;
  return `# ${title}

Predicts the colors (CIELAB a*, b*) of a picture from its lightness.

## Training

- Data: ${facts.dataset}, training split, ${count(facts.trainingImages)} images (SHA-256 of the
  prepared pixels: \`${facts.trainingSha256}\`).
- Seen: ${count(seen)} images in ${count(position.step)} steps, ${share}.
- Regime: Adam, learning rate ${learningRate}, batches of ${batch}, mean squared error of ab / 128,
  seed ${seed}, ${augment ? "flips and crops" : "no augmentation"}.
- Time: ${
    formatDuration(position.trainedSeconds)
  } (h:mm:ss) on ${run.device}, ${run.workers} worker(s).
- Command: \`${run.command}\`

## Figures

${markdownReport(report)}

Measured with the published weights (${weights}) by \`${evaluation}\`.
\`gray\` predicts no color at all, \`mean\` one constant color: a model that they beat has learned
little. Each PSNR is capped at 100 dB, which grayscale originals give to \`gray\`.

## Limits

- Trained on photographs of ${sizePx}x${sizePx} pixels: it knows the colors of large areas, not of small things.
- It predicts the mean of the colors that are plausible, so results are muted, the more the less the
  lightness tells about the color.
- Faces, clothing, painted surfaces and anything else whose color is arbitrary are guesses.
`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
