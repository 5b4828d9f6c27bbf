/** Which weights to publish, and how good they are. */
import type { Device } from "../../src/backend/start.ts";
import { TRAINING_AB_COUNTS } from "../../src/color/ab_prior.ts";
import { predictAb } from "../../src/colorize/predict.ts";
import { openSplit } from "../../src/data/split.ts";
import { rebalancingWeights } from "../../src/eval/auc_rebalanced.ts";
import { evaluate } from "../../src/eval/evaluate.ts";
import type { Predictor } from "../../src/eval/predictor.ts";
import type { EvaluationReport } from "../../src/eval/report_table.ts";
import type { ModelMetrics } from "../../src/eval/tally.ts";
import { buildNetwork } from "../../src/network/build.ts";
import type { Network } from "../../src/network/network.ts";
import { loadWeights, readWeights, saveWeights } from "../../src/network/weights.ts";
import { startProgress } from "../command/progress.ts";
import { loadPredictors } from "../eval/load_predictors.ts";

/** 16-bit weights are good enough when no PSNR moves by more. */
const PSNR_TOLERANCE_DB = 0.01;
const LARGEST_F16 = 65504;

/** What to measure weights on. */
export interface MeasureOptions {
  name: string;
  device: Device;
  modelsDir: string;
  dataDir: string;
  split: "val" | "test";
  /** The first so many images; all when undefined. */
  limit: number | undefined;
}

/** Weights as a file, and their figures beside those of the trivial predictors. */
export interface ChosenWeights {
  weights: Uint8Array;
  /** Their precision, in words. */
  type: "16-bit floats" | "32-bit floats";
  report: EvaluationReport;
}

/** Takes 16-bit weights when the metrics agree with those of 32 bits, else 32-bit weights. */
export async function chooseWeights(
  network: Network,
  options: MeasureOptions,
): Promise<ChosenWeights> {
  const half = await fitsHalf(network) ? await saveWeights(network, "F16") : undefined;
  const networks = half ? [network, networkWith(half, network)] : [network];
  const report = await measure(networks, options);
  const [full, rounded] = report.models.splice(-networks.length) as [ModelMetrics, ModelMetrics?];
  if (half && rounded && agree(full, rounded)) {
    report.models.push(rounded);
    return { weights: half, type: "16-bit floats", report };
  }
  report.models.push(full);
  return { weights: await saveWeights(network, "F32"), type: "32-bit floats", report };
}

/** Whether no weight overflows as a 16-bit float. */
async function fitsHalf(network: Network): Promise<boolean> {
  const arrays = await readWeights(network);
  return arrays.every(({ values }) => values.every((value) => Math.abs(value) <= LARGEST_F16));
}

function networkWith(weights: Uint8Array, { config }: Network): Network {
  const network = buildNetwork(config);
  loadWeights(network, weights);
  return network;
}

function agree(full: ModelMetrics, rounded: ModelMetrics): boolean {
  return (["psnr_rgb", "psnr_rgb_pooled", "psnr_ab"] as const)
    .every((key) => Math.abs(full[key] - rounded[key]) < PSNR_TOLERANCE_DB);
}

/** Measures networks, after the trivial predictors. */
async function measure(
  networks: Network[],
  { name, device, modelsDir, dataDir, split: splitName, limit }: MeasureOptions,
): Promise<EvaluationReport> {
  const trivial = await loadPredictors([], { modelsDir, device });
  const predictors = [...trivial, ...networks.map((network) => predictorOf(name, network))];
  const split = await openSplit(dataDir, splitName);
  const images = Math.min(limit ?? split.count, split.count);
  const progress = startProgress("measuring", { total: images, unit: "images" });
  try {
    const models = await evaluate(split, predictors, {
      binWeights: rebalancingWeights(TRAINING_AB_COUNTS),
      limit: images,
      onProgress: (done) => progress.update(done),
    });
    return { split: splitName, images, device: device.description, models };
  } finally {
    progress.stop();
    split.close();
  }
}

function predictorOf(name: string, network: Network): Predictor {
  return {
    name,
    parameters: network.parameterCount,
    predictAb: (lightness, shape) => predictAb({ name, network }, lightness, shape),
  };
}
