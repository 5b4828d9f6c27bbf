/** Adds up the figures of one predictor over a split; its size does not grow with the images. */
import { addRebalanced } from "./auc_rebalanced.ts";
import { type ImageMetrics, measureImage, type Truth } from "./image_metrics.ts";
import type { Predictor } from "./predictor.ts";
import { psnr } from "./psnr.ts";

/** Figures of one predictor on a split, averaged over images unless told otherwise. */
export interface ModelMetrics {
  name: string;
  parameters: number;
  psnr_rgb: number;
  /** PSNR of the mean squared error of all images, which no single image can rule. */
  psnr_rgb_pooled: number;
  ssim_rgb: number;
  mse_ab: number;
  psnr_ab: number;
  delta_e2000: number;
  auc: number;
  /** Pooled over the pixels of all images. */
  auc_rebalanced: number;
  colorfulness: number;
  /** Of the originals. */
  colorfulness_true: number;
  /** Speed of prediction alone. */
  images_per_second: number;
}

/** Running sums of one predictor's figures. */
export class Tally {
  #images = 0;
  #predictionMs = 0;
  #colorfulnessTrue = 0;
  readonly #rebalanced = { reached: 0, weight: 0 };
  readonly #sums: ImageMetrics = {
    psnr_rgb: 0,
    mse_rgb: 0,
    ssim_rgb: 0,
    mse_ab: 0,
    psnr_ab: 0,
    delta_e2000: 0,
    auc: 0,
    colorfulness: 0,
  };

  /** Measures a prediction and adds its figures. */
  add(truth: Truth, predictedAb: Float32Array): ImageMetrics {
    const metrics = measureImage(truth, predictedAb);
    for (const key of Object.keys(metrics) as (keyof ImageMetrics)[]) {
      this.#sums[key] += metrics[key];
    }
    addRebalanced(this.#rebalanced, truth.weights, { trueAb: truth.ab, predictedAb });
    this.#colorfulnessTrue += truth.colorfulness;
    this.#images++;
    return metrics;
  }

  /** Adds time that prediction took. */
  addTime(predictionMs: number): void {
    this.#predictionMs += predictionMs;
  }

  /** The figures over all images added so far, at least one. */
  average({ name, parameters }: Predictor): ModelMetrics {
    const mean = (sum: number) => sum / this.#images;
    const { psnr_rgb, mse_rgb, ssim_rgb, mse_ab, psnr_ab, delta_e2000, auc, colorfulness } =
      this.#sums;
    return {
      name,
      parameters,
      psnr_rgb: mean(psnr_rgb),
      psnr_rgb_pooled: psnr(mean(mse_rgb)),
      ssim_rgb: mean(ssim_rgb),
      mse_ab: mean(mse_ab),
      psnr_ab: mean(psnr_ab),
      delta_e2000: mean(delta_e2000),
      auc: mean(auc),
      auc_rebalanced: this.#rebalanced.reached / this.#rebalanced.weight,
      colorfulness: mean(colorfulness),
      colorfulness_true: mean(this.#colorfulnessTrue),
      images_per_second: this.#images / (this.#predictionMs / 1000),
    };
  }
}
