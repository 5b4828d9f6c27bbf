import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { EpochRecord } from "./history.ts";

const COLORS = { training: "#4c78a8", validation: "#e45756" };

/**
 * Draws loss and PSNR of training and validation per epoch.
 * @returns SVG.
 */
export async function historyChart(title: string, history: EpochRecord[]): Promise<string> {
  const rows = history.flatMap((record) => [
    { epoch: record.epoch, images: "training", loss: record.loss, psnr: record.psnr },
    {
      epoch: record.epoch,
      images: "validation",
      loss: record.validationLoss,
      psnr: record.validationPsnr,
    },
  ]);
  const panel = (field: string, axis: string) => ({
    width: 360,
    height: 240,
    mark: { type: "line" as const, point: true },
    encoding: {
      x: {
        field: "epoch",
        type: "quantitative" as const,
        axis: { title: "epoch", tickMinStep: 1, format: "d" },
        scale: { domain: [1, Math.max(2, history.length)] },
      },
      y: {
        field,
        type: "quantitative" as const,
        axis: { title: axis },
        scale: { zero: false },
      },
      color: {
        field: "images",
        type: "nominal" as const,
        scale: { domain: Object.keys(COLORS), range: Object.values(COLORS) },
        legend: { title: null },
      },
    },
  });
  const spec: TopLevelSpec = {
    title,
    background: "white",
    data: { values: rows },
    hconcat: [panel("loss", "MSE of ab / 128"), panel("psnr", "PSNR of ab / 128 (dB)")],
  };
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
