import { assertEquals } from "@std/assert";
import { markdownReport, reportRows } from "../../src/eval/report_table.ts";
import type { ModelMetrics } from "../../src/eval/tally.ts";

const GRAY: ModelMetrics = {
  name: "gray",
  parameters: 0,
  psnr_rgb: 24.47054776087298,
  psnr_rgb_pooled: 19.825681719734426,
  ssim_rgb: 0.9346292880513454,
  mse_ab: 0.01711048864482425,
  psnr_ab: 22.0404286404498,
  delta_e2000: 11.317212606021894,
  auc: 0.8837533613798635,
  auc_rebalanced: 0.6002,
  colorfulness: 0.003367285237109199,
  colorfulness_true: 38.936598515817984,
  images_per_second: 1234.5,
};

Deno.test("markdownReport() tells split, images and device, then a row per model in order", () => {
  const report = markdownReport({
    split: "val",
    images: 10_000,
    device: "CPU (WASM SIMD)",
    models: [GRAY, { ...GRAY, name: "polychromify", parameters: 1_084_802 }],
  });
  const [title, blank, heading, rule, gray, polychromify, ...rest] = report.split("\n");
  assertEquals(title, "Split val, 10,000 images, on CPU (WASM SIMD). PSNR in dB.");
  assertEquals(blank, "");
  assertEquals(cells(heading!), [
    "model",
    "parameters",
    "PSNR",
    "PSNR pooled",
    "SSIM",
    "MSE ab",
    "PSNR ab",
    "CIEDE2000",
    "AuC",
    "AuC rebalanced",
    "colorfulness (true 38.94)",
    "images/s",
    "report: PSNR",
    "report: SSIM",
  ]);
  assertEquals(rule!.replaceAll(/[-: ]/g, ""), "|".repeat(15));
  const figures = "24.471 19.826 0.9346 0.01711 22.040 11.317 0.8838 0.6002 0.00 1,235".split(" ");
  assertEquals(cells(gray!), ["gray", "0", ...figures, "", ""]);
  assertEquals(cells(polychromify!), [
    "polychromify",
    "1,084,802",
    ...figures,
    "21.959",
    "0.9056",
  ]);
  assertEquals(rest, []);
});

Deno.test("markdownReport() tells the grain that was added", () => {
  const grainy = markdownReport({ split: "val", images: 9, grain: 1.5, device: "GPU", models: [] });
  assertEquals(
    grainy.split("\n")[0],
    "Split val, 9 images with grain of 1.5 L*, on GPU. PSNR in dB.",
  );
});

Deno.test("reportRows() ends with the pretrained networks of others, marked, when they are not here", () => {
  const rowsOf = (...names: string[]) =>
    reportRows({
      ...{ split: "test", images: 1, device: "CPU" },
      models: names.map((name) => ({ ...GRAY, name })),
    }).slice(1);
  const rows = rowsOf("cnn", "polychromify");
  assertEquals(rows.map(([name]) => name), [
    ...["cnn", "polychromify"],
    "eccv16 (as printed, not measured)",
    "siggraph17 (as printed, not measured)",
  ]);
  assertEquals(rows[3]!.filter((cell) => cell !== "").slice(1), ["35,000,000", "23.900", "0.9334"]);
  assertEquals(rows.every((row) => row.length === rows[0]!.length), true);
  assertEquals(rowsOf("cnn", "siggraph17").map(([name]) => name), [
    ...["cnn", "siggraph17", "eccv16 (as printed, not measured)"],
  ]);
});

function cells(line: string): string[] {
  return line.split("|").slice(1, -1).map((cell) => cell.trim());
}
