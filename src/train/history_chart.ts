import type { TopLevelSpec } from "vega-lite";
import type { EpochRecord } from "./history.ts";
import { renderChart } from "./render_chart.ts";

const COLORS = { training: "#4c78a8", validation: "#e45756" };

/**
 * Draws loss and PSNR of training and validation per epoch. Both PSNRs are those of the mean error,
 * so that the curves compare; the mean over images, which Table 1 has, lies some 2 dB higher. A loss
 * other than the squared error is drawn for training alone, and PSNR for validation alone.
 * @returns SVG.
 */
export async function historyChart(title: string, history: EpochRecord[]): Promise<string> {
  const squaredError = history.every(({ psnr }) => psnr !== null);
  const rows = history.flatMap((record) => [
    { epoch: record.epoch, images: "training", loss: record.loss, psnr: record.psnr },
    {
      epoch: record.epoch,
      images: "validation",
      loss: squaredError ? record.validationLoss : null,
      psnr: -10 * Math.log10(record.validationLoss),
    },
  ]);
  const spec: TopLevelSpec = {
    title,
    background: "white",
    data: { values: rows },
    hconcat: [
      panel("loss", {
        title: squaredError ? "MSE of ab / 128" : "cross-entropy of ab bins",
        epochs: history.length,
      }),
      panel("psnr", { title: "PSNR of the mean error (dB)", epochs: history.length }),
    ],
  };
  return await renderChart(spec);
}

/** One figure over the epochs, a line for training and one for validation. */
function panel(field: string, { title, epochs }: { title: string; epochs: number }) {
  const type = "quantitative" as const;
  return {
    width: 360,
    height: 240,
    mark: { type: "line" as const, point: true },
    encoding: {
      x: {
        field: "epoch",
        type,
        axis: { title: "epoch", tickMinStep: 1, format: "d" },
        scale: { domain: [1, Math.max(2, epochs)] },
      },
      y: { field, type, axis: { title }, scale: { zero: false } },
      color: {
        field: "images",
        type: "nominal" as const,
        scale: { domain: Object.keys(COLORS), range: Object.values(COLORS) },
        legend: { title: null },
      },
    },
  };
}
