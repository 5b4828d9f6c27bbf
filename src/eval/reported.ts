/** Figures that the report prints, to stand beside those that this project measures. */

/** A row of the report's Table 1: model selection. */
export interface ReportedVariant {
  /** Filters of the encoder; the decoder mirrors them. */
  structure: "S1" | "S2";
  strided: boolean;
  batchNorm: boolean;
  dropout: boolean;
  epochs: number;
  /** dB, of ab / 128, on the validation images. */
  validationPsnr: number;
  /** On the author's GPU. */
  trainedMinutes: number;
}

/** Table 1 by variant. @see the report, section on model selection. */
export const REPORTED_VARIANTS: Readonly<Record<string, ReportedVariant>> = {
  v1: variant("S1", "", 25, 20.56, 350),
  v2: variant("S2", "", 25, 20.18, 375),
  v3: variant("S1", "strided", 25, 20.55, 45),
  v4: variant("S1", "strided norm", 25, 20.62, 42),
  v5: variant("S1", "strided norm", 50, 19.54, 85),
  v6: variant("S1", "strided norm dropout", 25, 20.66, 42),
};

/** A row of the report's Table 2: the test split, RGB in 0..1, averaged over images. */
export interface ReportedModel {
  /** As the report gives them: powers of ten. */
  parameters: number;
  psnr: number;
  ssim: number;
}

/** Table 2 by model; `eccv16` and `siggraph17` are pretrained networks of others. */
export const REPORTED_MODELS: Readonly<Record<string, ReportedModel>> = {
  cnn: { parameters: 1e5, psnr: 21.5735, ssim: 0.9061 },
  polychromify: { parameters: 1e6, psnr: 21.959, ssim: 0.9056 },
  "polychromify-ab": { parameters: 1e6, psnr: 22.444, ssim: 0.9231 },
  eccv16: { parameters: 32e6, psnr: 22.1403, ssim: 0.923 },
  siggraph17: { parameters: 35e6, psnr: 23.9, ssim: 0.9334 },
};

function variant(
  structure: "S1" | "S2",
  parts: string,
  ...[epochs, validationPsnr, trainedMinutes]: [number, number, number]
): ReportedVariant {
  const has = (part: string) => parts.split(" ").includes(part);
  return {
    structure,
    strided: has("strided"),
    batchNorm: has("norm"),
    dropout: has("dropout"),
    ...{ epochs, validationPsnr, trainedMinutes },
  };
}
