/** Every figure of one picture; names are those of the evaluation's JSON. */
import { floatRgbToLab } from "../color/float_lab.ts";
import { labToRgb } from "../color/lab.ts";
import { AB_SCALE } from "../color/normalize.ts";
import { auc } from "./auc.ts";
import { pixelWeights } from "./auc_rebalanced.ts";
import { colorfulness } from "../color/colorfulness.ts";
import { deltaE2000 } from "./delta_e2000.ts";
import { meanSquaredError } from "./mean_squared_error.ts";
import { psnr } from "./psnr.ts";
import { type PictureSize, prepareSsim, ssim, type SsimTruth } from "./ssim.ts";

/** An original, with all that does not depend on a prediction. */
export interface Truth {
  /** L*, shape [H * W]. */
  lightness: Float32Array;
  /** Interleaved a*, b*, shape [H * W * 2]. */
  ab: Float32Array;
  /** What the round trip through L*a*b* makes of the original, 0..1, shape [H * W * 3]. */
  rgb: Float32Array;
  ssim: SsimTruth;
  colorfulness: number;
  /** Weights for `auc_rebalanced`, shape [H * W]. */
  weights: Float64Array;
}

/** Figures of one prediction against one original. */
export interface ImageMetrics {
  /** dB, at most 100. */
  psnr_rgb: number;
  mse_rgb: number;
  ssim_rgb: number;
  /** Of ab / 128, as the networks are trained. */
  mse_ab: number;
  /** dB, of ab / 128, at most 100. */
  psnr_ab: number;
  delta_e2000: number;
  auc: number;
  colorfulness: number;
}

/**
 * Prepares an original.
 * @param lab L* and interleaved a*, b* of the picture.
 * @param options.binWeights Weight of each ab bin, shape [313].
 */
export function prepareTruth(
  { lightness, ab }: { lightness: Float32Array; ab: Float32Array },
  { size, binWeights }: { size: PictureSize; binWeights: Float64Array },
): Truth {
  const rgb = labToRgb({ lightness, ab });
  return {
    lightness,
    ab,
    rgb,
    ssim: prepareSsim(rgb, size),
    colorfulness: colorfulness(rgb),
    weights: pixelWeights(ab, binWeights),
  };
}

/**
 * Measures a prediction: its ab with the true lightness, as RGB 0..1, clipped and not rounded.
 * @param predictedAb Interleaved a*, b*, shape [H * W * 2].
 */
export function measureImage(truth: Truth, predictedAb: Float32Array): ImageMetrics {
  const rgb = labToRgb({ lightness: truth.lightness, ab: predictedAb });
  const mseRgb = meanSquaredError(truth.rgb, rgb);
  const mseAb = meanSquaredError(truth.ab, predictedAb) / AB_SCALE ** 2;
  return {
    psnr_rgb: psnr(mseRgb),
    mse_rgb: mseRgb,
    ssim_rgb: ssim(truth.ssim, rgb),
    mse_ab: mseAb,
    psnr_ab: psnr(mseAb),
    delta_e2000: deltaE2000(truth, floatRgbToLab(rgb)), // of the clipped color, the one that is seen
    auc: auc(truth.ab, predictedAb),
    colorfulness: colorfulness(rgb),
  };
}
