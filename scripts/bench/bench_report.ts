/** What a bench says. */
import type { TrainingSpeed } from "./training.ts";
import { type trainingJson, trainingText } from "./training_report.ts";

/** What was measured; what was not asked for is left out. */
export interface BenchReport {
  lab?: { to_lab_megapixels_per_second: number; from_lab_megapixels_per_second: number };
  networks?: {
    network: string;
    device: string;
    batch: number;
    inference_images_per_second: number;
    training_images_per_second: number;
  }[];
  map?: { model: string; device: string; ms: number };
  cold_start_ms?: number;
  upsample?: {
    photos: number;
    edge_aware_delta_e2000: number;
    bilinear_delta_e2000: number;
    ms_per_megapixel: number;
  };
  looks?: {
    photos: number;
    gray_delta_e2000: number;
    one_look_delta_e2000: number;
    one_look_ms: number;
    closer_looks_delta_e2000: number;
    closer_looks_ms: number;
  };
  propagate_megapixels_per_second?: number;
  /** Of training. */
  results?: ReturnType<typeof trainingJson>;
}

/** Lines for people. */
export function textOf(
  { lab, networks, map, cold_start_ms, upsample, looks, propagate_megapixels_per_second }:
    BenchReport,
  trained: TrainingSpeed[],
): string {
  const lines: string[] = [];
  if (lab) {
    lines.push(
      `sRGB to LAB: ${lab.to_lab_megapixels_per_second.toFixed(1)} megapixels/s`,
      `LAB to sRGB: ${lab.from_lab_megapixels_per_second.toFixed(1)} megapixels/s`,
    );
  }
  for (const speed of networks ?? []) {
    const where = `${speed.network}, 64x64, batch ${speed.batch}, one thread, ${speed.device}`;
    lines.push(
      `inference: ${speed.inference_images_per_second.toFixed(1)} images/s (${where})`,
      `training: ${speed.training_images_per_second.toFixed(1)} images/s (${where})`,
    );
  }
  if (map) {
    lines.push(
      `colors of one 64x64 map: ${map.ms.toFixed(1)} ms (${map.model}, ${map.device})`,
    );
  }
  if (trained.length > 0) lines.push(trainingText(trained));
  if (cold_start_ms !== undefined) {
    lines.push(`process start to first colorized picture: ${cold_start_ms.toFixed(0)} ms`);
  }
  if (propagate_megapixels_per_second !== undefined) {
    const speed = propagate_megapixels_per_second.toFixed(1);
    lines.push(`colors of 20 points spread geodesically: ${speed} megapixels/s`);
  }
  if (upsample) lines.push(upsampleText(upsample));
  if (looks) lines.push(looksText(looks));
  return lines.join("\n");
}

function upsampleText(upsample: NonNullable<BenchReport["upsample"]>): string {
  const { photos, edge_aware_delta_e2000, bilinear_delta_e2000, ms_per_megapixel } = upsample;
  return `enlarging colors along edges: mean CIEDE2000 ${edge_aware_delta_e2000.toFixed(3)} on ` +
    `${photos} photographs, bilinear ${bilinear_delta_e2000.toFixed(3)}; ` +
    `${ms_per_megapixel.toFixed(0)} ms a megapixel`;
}

function looksText(looks: NonNullable<BenchReport["looks"]>): string {
  const { one_look_delta_e2000: afar, closer_looks_delta_e2000: closer } = looks;
  return `palette's colors: mean CIEDE2000 ${
    closer.toFixed(3)
  } on ${looks.photos} photographs with ` +
    `closer looks, ${looks.closer_looks_ms.toFixed(0)} ms each; ${afar.toFixed(3)} without, ` +
    `${looks.one_look_ms.toFixed(0)} ms; no color at all ${looks.gray_delta_e2000.toFixed(3)}`;
}
