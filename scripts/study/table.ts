/** The report's Table 1 with our own figures beside it. */
import { markdownTable } from "../../src/eval/markdown_table.ts";
import { REPORTED_VARIANTS } from "../../src/eval/reported.ts";

/** What became of one variant; names are those of the JSON. */
export interface VariantResult {
  variant: string;
  /** Finished epochs of those that were asked for. */
  epochs: number;
  epochs_asked: number;
  /** Images of an epoch, and all that the data set has. */
  images: number;
  images_of_split: number;
  /** dB, of ab / 128, per image, of the last epoch; null before the first one is done. */
  validation_psnr: number | null;
  /** Of the best epoch. */
  best_validation_psnr: number | null;
  trained_seconds: number;
  device: string;
  workers: number;
}

/**
 * Table 1 as Markdown: the variants' settings, our validation PSNR, time and device, and the
 * report's own figures. Its title says when the study was scaled down.
 */
export function studyTable(results: VariantResult[]): string {
  const { title, rows } = studyRows(results);
  return `${title}\n\n${markdownTable(rows)}`;
}

/** The table's title and cells, heading first. */
export function studyRows(results: VariantResult[]): { title: string; rows: string[][] } {
  const rows = results.map((result) => {
    const reported = REPORTED_VARIANTS[result.variant]!;
    return [
      result.variant,
      reported.structure,
      yesNo(reported.strided),
      yesNo(reported.batchNorm),
      yesNo(reported.dropout),
      `${result.epochs} of ${result.epochs_asked}`,
      result.images.toLocaleString("en-US"),
      decibels(result.validation_psnr),
      decibels(result.best_validation_psnr),
      duration(result.trained_seconds / 60),
      `${result.device}, ${result.workers} worker${result.workers === 1 ? "" : "s"}`,
      String(reported.epochs),
      reported.validationPsnr.toFixed(2),
      duration(reported.trainedMinutes),
    ];
  });
  return { title: titleOf(results), rows: [HEADINGS, ...rows] };
}

const HEADINGS = [
  "variant",
  "structure",
  "strides",
  "batch norm",
  "dropout",
  "epochs",
  "images",
  "val PSNR ab",
  "best",
  "time",
  "device",
  "report: epochs",
  "report: val PSNR ab",
  "report: time",
];

/** Images that the report trained on: all of Tiny ImageNet's. */
const REPORTED_IMAGES = 100_000;

function titleOf(results: VariantResult[]): string {
  const scaled = results.filter(({ variant, images, epochs }) =>
    images < REPORTED_IMAGES || epochs !== REPORTED_VARIANTS[variant]!.epochs
  );
  const base = "Table 1: model selection, PSNR in dB of ab / 128 on validation images.";
  if (scaled.length === 0) return base;
  return `${base} Scaled down (${
    scaled.map(({ variant }) => variant).join(", ")
  }): fewer images or epochs than the report's, so figures do not compare with its own.`;
}

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}

function decibels(value: number | null): string {
  return value === null ? "none yet" : value.toFixed(2);
}

function duration(minutes: number): string {
  const whole = Math.floor(minutes);
  if (whole >= 60) return `${Math.floor(whole / 60)}h ${whole % 60}min`;
  return whole >= 1 ? `${whole}min` : `${Math.round(minutes * 60)}s`;
}
