/** The charts of the report page, as SVG. */
import type { TopLevelSpec } from "vega-lite";
import type { ModelMetrics } from "../../src/eval/tally.ts";
import type { EpochRecord } from "../../src/train/history.ts";
import { renderChart } from "../../src/train/render_chart.ts";

const SIZE = { width: 560, height: 340, background: "white" } as const;

/**
 * Colorfulness against PSNR, a labelled point for each model and setting; the rule is the truth's.
 * Rows with hints are left out: they know a part of the truth, and lie upon each other.
 */
export async function colorfulnessChart(models: ModelMetrics[]): Promise<string> {
  const unhinted = models.filter(({ name }) => !name.includes("+"));
  const points = unhinted.map(({ name, psnr_rgb, colorfulness }) => ({
    name,
    psnr_rgb,
    colorfulness,
  }));
  const x = { field: "psnr_rgb", type: "quantitative" as const };
  const y = { field: "colorfulness", type: "quantitative" as const };
  const place = {
    x: { ...x, scale: { zero: false }, axis: { title: "PSNR (dB), higher is more faithful" } },
    y: { ...y, axis: { title: "colorfulness" } },
  };
  const spec: TopLevelSpec = {
    ...SIZE,
    data: { values: points },
    layer: [
      { mark: { type: "point", filled: true, size: 60 }, encoding: place },
      {
        mark: { type: "text", align: "left", dx: 7, dy: -4 },
        encoding: { ...place, text: { field: "name", type: "nominal" } },
      },
      {
        data: { values: [{ colorfulness: models[0]?.colorfulness_true ?? 0 }] },
        mark: { type: "rule", strokeDash: [4, 4], color: "#888" },
        encoding: { y: place.y },
      },
    ],
  };
  return await renderChart(spec);
}

/** One measured setting of a model: this many simulated hint points. */
export interface HintPoint {
  model: string;
  hints: number;
  psnr_rgb: number;
}

/** PSNR against the number of hint points, a line for each model. */
export async function hintChart(points: HintPoint[]): Promise<string> {
  return await renderChart({
    ...SIZE,
    data: { values: points },
    mark: { type: "line", point: true },
    encoding: {
      x: {
        field: "hints",
        type: "quantitative",
        axis: { title: "hint points", tickMinStep: 1, format: "d" },
      },
      y: {
        field: "psnr_rgb",
        type: "quantitative",
        scale: { zero: false },
        axis: { title: "PSNR (dB)" },
      },
      color: { field: "model", type: "nominal", legend: { title: null } },
    },
  });
}

/** Fig. 4 of the report: training and validation PSNR per epoch of several runs in one chart. */
export async function historiesChart(
  histories: { name: string; history: EpochRecord[] }[],
): Promise<string> {
  const values = histories.flatMap(({ name, history }) =>
    history.flatMap(({ epoch, psnr, validationLoss }) => [
      { epoch, run: name, images: "training", psnr },
      { epoch, run: name, images: "validation", psnr: -10 * Math.log10(validationLoss) },
    ])
  );
  return await renderChart({
    ...SIZE,
    data: { values },
    mark: { type: "line", point: true },
    encoding: {
      x: { field: "epoch", type: "quantitative", axis: { tickMinStep: 1, format: "d" } },
      y: {
        field: "psnr",
        type: "quantitative",
        scale: { zero: false },
        axis: { title: "PSNR of the mean error (dB)" },
      },
      color: { field: "run", type: "nominal", legend: { title: null } },
      strokeDash: { field: "images", type: "nominal", legend: { title: null } },
    },
  });
}
