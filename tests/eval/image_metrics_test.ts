import { assertAlmostEquals, assertEquals } from "@std/assert";
import { BIN_COUNT } from "../../src/color/ab_bins.ts";
import { rgbToLab } from "../../src/color/lab.ts";
import { type ImageMetrics, measureImage, prepareTruth } from "../../src/eval/image_metrics.ts";
import reference from "../fixtures/image_metrics.json" with { type: "json" };

// The pictures and predictions of tests/fixtures/image_metrics.py.
const SIZE = { heightPx: 20, widthPx: 24 };
const PICTURES = {
  stripes: (x: number, y: number) => [37 * x + 11 * y, x * x + 5 * y, 3 * x * y + 40],
  gray: (x: number, y: number) => [9 * x + 4 * y, 9 * x + 4 * y, 9 * x + 4 * y],
  bright: (x: number, y: number) => [
    255 - (x + 2 * y) % 9,
    255 - (2 * x + y) % 5,
    250 - (x * y) % 40,
  ],
};
const PREDICTIONS = {
  gray: () => [0, 0],
  mean: () => [2.5, 8.7],
  ramp: (x: number, y: number) => [4 * x - 40, 60 - 5 * y],
};
const binWeights = new Float64Array(BIN_COUNT).fill(1);

for (const [name, color] of Object.entries(PICTURES)) {
  const expected = reference.pictures[name as keyof typeof PICTURES];
  const truth = prepareTruth(rgbToLab(Uint8Array.from(pixels(color)), 3), {
    size: SIZE,
    binWeights,
  });

  Deno.test(`prepareTruth() gives the colorfulness of the ${name} picture`, () => {
    assertAlmostEquals(truth.colorfulness, expected.colorfulness_true, 1e-3);
  });

  for (const [predictor, ab] of Object.entries(PREDICTIONS)) {
    Deno.test(`measureImage() agrees with scikit-image: ${predictor} for ${name}`, () => {
      const metrics = measureImage(truth, Float32Array.from(pixels(ab)));
      const published: ImageMetrics = expected[predictor as keyof typeof PREDICTIONS];
      assertEquals(Object.keys(metrics).sort(), Object.keys(published).sort());
      for (const [key, value] of Object.entries(published)) {
        const tolerance = 5e-5 * value + 1e-5;
        assertAlmostEquals(metrics[key as keyof ImageMetrics], value, tolerance, key);
      }
    });
  }
}

Deno.test("measureImage() of the truth itself gives the best value of every figure", () => {
  const truth = prepareTruth(rgbToLab(Uint8Array.from(pixels(PICTURES.stripes)), 3), {
    size: SIZE,
    binWeights,
  });
  const { delta_e2000, ...metrics } = measureImage(truth, truth.ab);
  assertAlmostEquals(metrics.ssim_rgb, 1, 1e-12);
  assertAlmostEquals(delta_e2000, 0, 1e-3);
  assertEquals({ ...metrics, ssim_rgb: 1 }, {
    psnr_rgb: 100,
    mse_rgb: 0,
    ssim_rgb: 1,
    mse_ab: 0,
    psnr_ab: 100,
    auc: 1,
    colorfulness: truth.colorfulness,
  });
});

function pixels(value: (x: number, y: number) => number[]): number[] {
  const { heightPx, widthPx } = SIZE;
  return Array.from(
    { length: heightPx * widthPx },
    (_, i) => value(i % widthPx, Math.floor(i / widthPx)),
  ).flat();
}
