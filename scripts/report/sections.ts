/** The sections of the report page. */
import { type EvaluationReport, reportRows } from "../../src/eval/report_table.ts";
import type { EpochRecord } from "../../src/train/history.ts";
import { studyRows, type VariantResult } from "../study/table.ts";
import { colorfulnessChart, hintChart, type HintPoint, historiesChart } from "./charts.ts";
import type { Section } from "./page.ts";

/** Table 2 with the report's own figures, and colorfulness against PSNR. */
export async function metricsSection(evaluation: EvaluationReport): Promise<Section> {
  const { split, images, device, models } = evaluation;
  return {
    heading: "Table 2: models and settings",
    text: `First ${images} images of the ${split} split, on ${device}. PSNR in dB. ` +
      "Where the report printed figures for a model, on the whole test split, they stand beside " +
      "ours.",
    blocks: [
      { kind: "table", rows: reportRows(evaluation) },
      {
        kind: "svg",
        svg: await colorfulnessChart(models),
        alt: "Colorfulness against PSNR; the dashed line is the originals' colorfulness",
      },
    ],
  };
}

/** PSNR against the number of hints, of each model that was measured with hints. */
export async function hintSection({ models }: EvaluationReport): Promise<Section | undefined> {
  const points: HintPoint[] = models.flatMap(({ name, psnr_rgb }) => {
    const [, model, hints = "0"] = /^(.+)@0(?:\+(\d+))?$/.exec(name) ?? [];
    return model === undefined ? [] : [{ model, hints: Number(hints), psnr_rgb }];
  });
  if (points.every(({ hints }) => hints === 0)) return undefined;
  return {
    heading: "What hints are worth",
    text:
      "PSNR of faithful colors with simulated hint points: patches of the true color at random " +
      "places, the same in every evaluation.",
    blocks: [{ kind: "svg", svg: await hintChart(points), alt: "PSNR against hint points" }],
  };
}

/** Table 1, and Fig. 4 as far as its runs are there. */
export async function studySection(
  results: VariantResult[],
  histories: { name: string; history: EpochRecord[] }[],
): Promise<Section | undefined> {
  if (results.length === 0) return undefined;
  const { title, rows } = studyRows(results);
  const drawn = histories.filter(({ history }) => history.length > 0);
  return {
    heading: "Table 1: model selection",
    text: title,
    blocks: [
      { kind: "table", rows },
      ...(drawn.length > 0
        ? [{
          kind: "svg" as const,
          svg: await historiesChart(drawn),
          alt: `Training and validation PSNR of ${drawn.map(({ name }) => name).join(" and ")}`,
        }]
        : []),
    ],
  };
}
