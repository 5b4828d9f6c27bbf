/** The figures that the report page shows: measured now, or read from what `eval` has written. */
import { TRAINING_AB_COUNTS } from "../../src/color/ab_prior.ts";
import type { ImageSplit } from "../../src/data/split.ts";
import { rebalancingWeights } from "../../src/eval/auc_rebalanced.ts";
import { evaluate, type ImageRow } from "../../src/eval/evaluate.ts";
import type { Predictor } from "../../src/eval/predictor.ts";
import type { EvaluationReport } from "../../src/eval/report_table.ts";
import { startProgress } from "../command/progress.ts";

/** Figures of all predictors, and of each image. */
export interface Measured {
  evaluation: EvaluationReport;
  /** Figures of each image by predictor, in the order of the split. */
  rows: Map<string, ImageRow[]>;
}

/** Measures predictors on the first images of a split. */
export async function measureAll(
  split: ImageSplit,
  predictors: Predictor[],
  { images, device }: { images: number; device: string },
): Promise<Measured> {
  const rows = new Map<string, ImageRow[]>();
  const progress = startProgress("report", { total: images, unit: "images" });
  try {
    const models = await evaluate(split, predictors, {
      limit: images,
      binWeights: rebalancingWeights(TRAINING_AB_COUNTS),
      onImage: (row) => addRow(rows, row),
      onProgress: (done) => progress.update(done),
    });
    return { evaluation: { split: split.split, images, device, models }, rows };
  } finally {
    progress.stop();
  }
}

/**
 * Reads what `deno task eval ... --json > METRICS --per-image ROWS` has written.
 * @param split What the page shows images of.
 * @throws {Error} When a file cannot be read or is not of `eval`, the two do not belong together, or
 * another split was measured.
 */
export async function readMeasured(
  metricsPath: string,
  rowsPath: string,
  split: Pick<ImageSplit, "split" | "count">,
): Promise<Measured> {
  const evaluation = await read(metricsPath, (text) => JSON.parse(text) as EvaluationReport);
  const list = await read(
    rowsPath,
    (text) => text.split("\n").filter(Boolean).map((line) => JSON.parse(line) as ImageRow),
  );
  if (evaluation.split !== split.split || !(evaluation.images <= split.count)) {
    throw new RangeError(
      `Cannot report: ${metricsPath} must be of the ${split.split} split with ${split.count} ` +
        `images, got ${evaluation.images} of ${evaluation.split}`,
    );
  }
  const rows = new Map<string, ImageRow[]>();
  for (const row of list) addRow(rows, row);
  for (const { name } of evaluation.models ?? []) {
    const got = rows.get(name)?.length ?? 0;
    if (got !== evaluation.images) {
      throw new RangeError(
        `Cannot report: ${rowsPath} must have ${evaluation.images} images of ${name}, got ${got}`,
      );
    }
  }
  return { evaluation, rows };
}

async function read<T>(path: string, parse: (text: string) => T): Promise<T> {
  try {
    return parse(await Deno.readTextFile(path));
  } catch (cause) {
    throw new Error(`Cannot read ${path}: must be what deno task eval has written`, { cause });
  }
}

function addRow(rows: Map<string, ImageRow[]>, row: ImageRow): void {
  const own = rows.get(row.model) ?? [];
  own.push(row);
  rows.set(row.model, own);
}
