/** The evaluation as people read it. */
import { markdownTable } from "./markdown_table.ts";
import { REPORTED_MODELS } from "./reported.ts";
import type { ModelMetrics } from "./tally.ts";

/** What an evaluation prints; names are those of its JSON. */
export interface EvaluationReport {
  split: string;
  /** Images measured. */
  images: number;
  /** Deviation of the grain that was added, in L*; none when left out. */
  grain?: number;
  /** Where the networks ran. */
  device: string;
  models: ModelMetrics[];
}

/** Heading, figure and decimals of each column after the model's name. */
const COLUMNS: [heading: string, key: Exclude<keyof ModelMetrics, "name">, decimals: number][] = [
  ["parameters", "parameters", 0],
  ["PSNR", "psnr_rgb", 3],
  ["PSNR pooled", "psnr_rgb_pooled", 3],
  ["SSIM", "ssim_rgb", 4],
  ["MSE ab", "mse_ab", 5],
  ["PSNR ab", "psnr_ab", 3],
  ["CIEDE2000", "delta_e2000", 3],
  ["AuC", "auc", 4],
  ["AuC rebalanced", "auc_rebalanced", 4],
  ["colorfulness", "colorfulness", 2],
  ["images/s", "images_per_second", 0],
];

/**
 * The report as Markdown: a title line, and a table with one row per model in the order given.
 * Colorfulness is that of the originals in the heading, each model's in the rows.
 */
export function markdownReport(report: EvaluationReport): string {
  const { split, images, grain, device } = report;
  const seen = `${formatNumber(images, 0)} images${grain ? ` with grain of ${grain} L*` : ""}`;
  const title = `Split ${split}, ${seen}, on ${device}. PSNR in dB.`;
  return `${title}\n\n${markdownTable(reportRows(report))}`;
}

/**
 * The table's cells, heading first. Models of the report's Table 2 have its figures
 * beside ours, and pretrained ones that are not here a row of them alone.
 */
export function reportRows({ models }: EvaluationReport): string[][] {
  const trueColorfulness = models[0]?.colorfulness_true.toFixed(2) ?? "unknown";
  const headings = COLUMNS.map(([heading, key]) =>
    key === "colorfulness" ? `${heading} (true ${trueColorfulness})` : heading
  );
  const reportedModels = models.filter(({ name }) => name in REPORTED_MODELS).length;
  const reported = reportedModels > 0;
  const rows = models.map((model) => [
    model.name,
    ...COLUMNS.map(([, key, decimals]) => formatNumber(model[key], decimals)),
    ...(reported ? reportedCells(model.name) : []),
  ]);
  // A table of one model alone, as on its card, is no Table 2.
  const printed = reportedModels > 1 ? printedRows(new Set(models.map(({ name }) => name))) : [];
  return [["model", ...headings, ...(reported ? REPORTED_HEADINGS : [])], ...rows, ...printed];
}

/** Pretrained networks of others that were not measured: the report's figures alone. */
function printedRows(measured: ReadonlySet<string>): string[][] {
  return PRETRAINED.filter((name) => !measured.has(name)).map((name) => [
    `${name} (as printed, not measured)`,
    formatNumber(REPORTED_MODELS[name]!.parameters, 0),
    ...COLUMNS.slice(1).map(() => ""),
    ...reportedCells(name),
  ]);
}

const PRETRAINED = ["eccv16", "siggraph17"];

const REPORTED_HEADINGS = ["report: PSNR", "report: SSIM"];

function reportedCells(name: string): string[] {
  const reported = REPORTED_MODELS[name];
  return reported
    ? [formatNumber(reported.psnr, 3), formatNumber(reported.ssim, 4)]
    : REPORTED_HEADINGS.map(() => "");
}

function formatNumber(value: number, decimals: number): string {
  return value.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}
