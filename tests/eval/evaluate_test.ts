import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { BIN_COUNT } from "../../src/color/ab_bins.ts";
import { rgbToLab } from "../../src/color/lab.ts";
import type { ImageSplit } from "../../src/data/split.ts";
import { evaluate, type ImageRow } from "../../src/eval/evaluate.ts";
import type { Predictor } from "../../src/eval/predictor.ts";

const SIZE_PX = 16;
const BYTES = SIZE_PX * SIZE_PX * 3;
const binWeights = Float64Array.from({ length: BIN_COUNT }, (_, bin) => 1 + bin);

Deno.test("evaluate() gives averages of the images' figures, in any batch size", async () => {
  const rows: ImageRow[] = [];
  const onImage = (row: ImageRow) => rows.push(row);
  const options = { binWeights, onImage };
  const [metrics] = await evaluate(splitOf(7), [constant("warm", 10, 20)], options);
  assertEquals(rows.map((row) => row.image), [0, 1, 2, 3, 4, 5, 6].map((i) => `image_${i}.png`));
  for (const key of ["psnr_rgb", "ssim_rgb", "mse_ab", "psnr_ab", "auc", "colorfulness"] as const) {
    assertAlmostEquals(metrics![key], mean(rows.map((row) => row[key])), 1e-12, key);
  }
  const pooled = -10 * Math.log10(mean(rows.map((row) => row.mse_rgb)));
  assertAlmostEquals(metrics!.psnr_rgb_pooled, pooled, 1e-12);
  assertAlmostEquals(metrics!.colorfulness_true, mean(rows.map((row) => row.colorfulness_true)));
  assert(metrics!.images_per_second > 0);

  const [inThrees] = await evaluate(splitOf(7), [constant("warm", 10, 20)], {
    binWeights,
    batch: 3,
  });
  assertEquals({ ...inThrees, images_per_second: 0 }, { ...metrics, images_per_second: 0 });
});

Deno.test("evaluate() measures a predictor that knows the truth as perfect", async () => {
  const { ab } = rgbToLab(pixels([0, 1, 2]), 3);
  const oracle: Predictor = { name: "oracle", parameters: 3, predictAb: () => Promise.resolve(ab) };
  const predictors = [constant("gray", 0, 0), oracle];
  const [gray, perfect] = await evaluate(splitOf(3), predictors, { binWeights });
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
  await evaluate(splitOf(9), [constant("gray", 0, 0)], {
    binWeights,
    limit: 5,
    batch: 2,
    onProgress: (count) => done.push(count),
    onImage: ({ image }) => images.push(image),
  });
  assertEquals(done, [2, 4, 5]);
  assertEquals(images.at(-1), "image_4.png");
});

Deno.test("evaluate() refuses a split without images", async () => {
  await assertRejects(
    () => evaluate(splitOf(0), [constant("gray", 0, 0)], { binWeights }),
    RangeError,
    "Cannot evaluate: must have 1 image or more, got 0",
  );
});

function constant(name: string, a: number, b: number): Predictor {
  const predictAb = (lightness: Float32Array) =>
    Promise.resolve(
      Float32Array.from({ length: 2 * lightness.length }, (_, i) => i % 2 === 0 ? a : b),
    );
  return { name, parameters: 0, predictAb };
}

/** A split of generated images; image i is the same in every split. */
function splitOf(count: number): ImageSplit {
  return {
    dir: "generated",
    split: "val",
    count,
    sizePx: SIZE_PX,
    readImages: (indices) => Promise.resolve(pixels(Array.from(indices))),
    name: (index) => Promise.resolve(`image_${index}.png`),
    close: () => {},
  };
}

function pixels(indices: number[]): Uint8Array {
  const rgb = new Uint8Array(indices.length * BYTES);
  indices.forEach((index, i) => {
    for (let at = 0; at < BYTES; at++) {
      rgb[i * BYTES + at] = 128 + 100 * Math.sin(at * (1 + 0.1 * index));
    }
  });
  return rgb;
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
