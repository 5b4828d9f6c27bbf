import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { BIN_COUNT } from "../../src/color/ab_bins.ts";
import { rgbToLab } from "../../src/color/lab.ts";
import { TRAINING_AB_COUNTS } from "../../src/color/ab_prior.ts";
import { openSplit } from "../../src/data/split.ts";
import { rebalancingWeights } from "../../src/eval/auc_rebalanced.ts";
import { evaluate, type ImageRow } from "../../src/eval/evaluate.ts";
import type { Predictor } from "../../src/eval/predictor.ts";
import reference from "../fixtures/metrics_val_first_1000.json" with { type: "json" };
import { realDataTest } from "../real_data.ts";
import { generatedPixels, generatedSplit } from "./generated_split.ts";

const binWeights = Float64Array.from({ length: BIN_COUNT }, (_, bin) => 1 + bin);

Deno.test("evaluate() gives averages of the images' figures, in any batch size", async () => {
  const rows: ImageRow[] = [];
  const onImage = (row: ImageRow) => rows.push(row);
  const options = { binWeights, onImage };
  const [metrics] = await evaluate(generatedSplit(7), [constant("warm", 10, 20)], options);
  assertEquals(rows.map((row) => row.image), [0, 1, 2, 3, 4, 5, 6].map((i) => `image_${i}.png`));
  for (const key of ["psnr_rgb", "ssim_rgb", "mse_ab", "psnr_ab", "auc", "colorfulness"] as const) {
    assertAlmostEquals(metrics![key], mean(rows.map((row) => row[key])), 1e-12, key);
  }
  const pooled = -10 * Math.log10(mean(rows.map((row) => row.mse_rgb)));
  assertAlmostEquals(metrics!.psnr_rgb_pooled, pooled, 1e-12);
  assertAlmostEquals(metrics!.colorfulness_true, mean(rows.map((row) => row.colorfulness_true)));
  assert(metrics!.images_per_second > 0);

  const [inThrees] = await evaluate(generatedSplit(7), [constant("warm", 10, 20)], {
    binWeights,
    batch: 3,
  });
  assertEquals({ ...inThrees, images_per_second: 0 }, { ...metrics, images_per_second: 0 });
});

Deno.test("evaluate() measures a predictor that knows the truth as perfect", async () => {
  const { ab } = rgbToLab(generatedPixels([0, 1, 2], 16), 3);
  const oracle: Predictor = { name: "oracle", parameters: 3, predictAb: () => Promise.resolve(ab) };
  const predictors = [constant("gray", 0, 0), oracle];
  const [gray, perfect] = await evaluate(generatedSplit(3), predictors, { binWeights });
  assertEquals(perfect!.name, "oracle");
  assertEquals(perfect!.parameters, 3);
  assertEquals(perfect!.psnr_rgb, 100);
  assertEquals(perfect!.auc_rebalanced, 1);
  assertEquals(perfect!.colorfulness, gray!.colorfulness_true);
  assert(gray!.psnr_rgb < 30 && gray!.auc_rebalanced < gray!.auc);
});

Deno.test("evaluate() takes the first `limit` images and tells progress", async () => {
  const done: number[] = [];
  const images: string[] = [];
  await evaluate(generatedSplit(9), [constant("gray", 0, 0)], {
    binWeights,
    limit: 5,
    batch: 2,
    onProgress: (count) => done.push(count),
    onImage: ({ image }) => images.push(image),
  });
  assertEquals(done, [2, 4, 5]);
  assertEquals(images.at(-1), "image_4.png");
});

Deno.test("evaluate() shows predictors grain that it does not measure, the same in each run", async () => {
  const seen: Float32Array[] = [];
  const watcher: Predictor = {
    name: "watcher",
    parameters: 0,
    predictAb: (lightness) => {
      seen.push(lightness);
      return Promise.resolve(new Float32Array(2 * lightness.length));
    },
  };
  const options = { binWeights, batch: 2 };
  const [clean] = await evaluate(generatedSplit(2), [watcher], options);
  const [grainy] = await evaluate(generatedSplit(2), [watcher], { ...options, grain: 2 });
  await evaluate(generatedSplit(2), [watcher], { ...options, batch: 1, grain: 2 });
  const [plain, first, ofOne] = [seen[0]!, seen[2]!, seen[4]!];
  const grain = first.map((value, i) => value - plain[i]!);
  const deviation = Math.sqrt(mean([...grain].map((value) => value * value)));
  assertAlmostEquals(deviation, 2, 0.3);
  assertEquals(ofOne, first.subarray(0, ofOne.length));
  assertEquals({ ...grainy, images_per_second: 0 }, { ...clean, images_per_second: 0 });
});

Deno.test("evaluate() refuses a split without images", async () => {
  await assertRejects(
    () => evaluate(generatedSplit(0), [constant("gray", 0, 0)], { binWeights }),
    RangeError,
    "Cannot evaluate: must have 1 image or more, got 0",
  );
});

realDataTest(
  "evaluate() agrees with scikit-image on Tiny ImageNet to 0.001",
  "tiny-imagenet-200",
  async (dir) => {
    const split = await openSplit(dir, "val");
    const rows = new Map<string, ImageRow>();
    const [gray, mean] = await evaluate(
      split,
      [constant("gray", 0, 0), constant("mean", 2.5, 8.7)],
      {
        binWeights: rebalancingWeights(TRAINING_AB_COUNTS),
        limit: reference.images,
        onImage: (row) => rows.set(`${row.model} ${row.image}`, row),
      },
    );
    split.close();
    const { mse_rgb: _gray, ...averageGray } = reference.average.gray;
    const { mse_rgb: _mean, ...averageMean } = reference.average.mean;
    assertAgrees({ ...gray }, { ...averageGray, colorfulness_true: reference.true_colorfulness });
    assertAgrees({ ...mean }, averageMean);
    for (const { file, colorfulness, gray, mean } of reference.first_20) {
      assertAgrees({ ...rows.get(`gray ${file}`) }, { ...gray, colorfulness_true: colorfulness });
      assertAgrees({ ...rows.get(`mean ${file}`) }, mean);
    }
  },
);

function assertAgrees(measured: Record<string, unknown>, expected: Record<string, number>): void {
  for (const [key, value] of Object.entries(expected)) {
    assertAlmostEquals(Number(measured[key]), value, 1e-3, key);
  }
}

function constant(name: string, a: number, b: number): Predictor {
  const predictAb = (lightness: Float32Array) =>
    Promise.resolve(
      Float32Array.from({ length: 2 * lightness.length }, (_, i) => i % 2 === 0 ? a : b),
    );
  return { name, parameters: 0, predictAb };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
