import {
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { Image } from "imagescript";
import { startBackend } from "../../src/backend/start.ts";
import { rgbToLab } from "../../src/color/lab.ts";
import { colorizeCandidates, colorizeImage } from "../../src/colorize/colorize_image.ts";
import type { Model } from "../../src/colorize/model.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { abOfPoint } from "../../src/hint/color_points.ts";
import { MEAN_NETWORK, TINY_NETWORK } from "./model_folder.ts";
import { makePalette } from "./palette_model.ts";

await startBackend("wasm");
const mean: Model = { name: "mean", title: "", network: buildNetwork(MEAN_NETWORK), sizePx: 64 };
const tiny: Model = {
  name: "tiny",
  title: "",
  network: buildNetwork(TINY_NETWORK, { seed: 1 }),
  sizePx: 64,
};

/** A gray picture of slopes and stripes, with every value of alpha. */
function grayPicture(widthPx: number, heightPx: number): Image {
  const image = new Image(widthPx, heightPx);
  for (let pixel = 0; pixel < widthPx * heightPx; pixel++) {
    const x = pixel % widthPx, y = Math.floor(pixel / widthPx);
    const gray = Math.round(127 + 100 * Math.sin(x / 9) * Math.cos(y / 13));
    image.bitmap.set([gray, gray, gray, pixel % 256], 4 * pixel);
  }
  return image;
}

Deno.test("colorizeImage() keeps lightness, alpha and sides at full resolution", async () => {
  for (const model of [mean, tiny]) {
    const image = grayPicture(203, 117);
    const colorized = await colorizeImage(image, model);
    assertEquals([colorized.width, colorized.height], [203, 117]);
    const before = rgbToLab(image.bitmap, 4), after = rgbToLab(colorized.bitmap, 4);
    const errors = after.lightness.map((value, i) => Math.abs(value - before.lightness[i]!));
    assertLess(Math.max(...errors), 0.6);
    const isAlpha = (_: number, i: number) => i % 4 === 3;
    assertEquals(colorized.bitmap.filter(isAlpha), image.bitmap.filter(isAlpha));
  }
});

Deno.test("colorizeImage() paints the predicted color", async () => {
  const image = grayPicture(40, 30);
  const { lightness, ab } = rgbToLab((await colorizeImage(image, mean)).bitmap, 4);
  for (let i = 0; i < lightness.length; i++) {
    assertAlmostEquals(ab[2 * i]!, 2.5, 0.8); // rounding to 8 bits
    assertAlmostEquals(ab[2 * i + 1]!, 8.7, 0.8);
  }
});

Deno.test("colorizeImage() shows the network the L* of the picture averaged in sRGB", async () => {
  const seen: { shape: number[]; values: number[] }[] = [];
  const spy: Model = {
    ...mean,
    network: {
      ...mean.network,
      predictAb: (lightness) => {
        seen.push({ shape: lightness.shape, values: [...lightness.dataSync()] });
        return mean.network.predictAb(lightness);
      },
    },
  };
  const image = new Image(8, 4);
  for (let i = 0; i < 32; i++) image.bitmap.fill(i % 2 === 0 ? 0 : 200, 4 * i, 4 * i + 4);
  await colorizeImage(image, spy, { sizePx: 2 });
  assertEquals(seen[0]!.shape, [1, 2, 4, 1]);
  const [gray] = rgbToLab(Uint8Array.of(100, 100, 100), 3).lightness;
  for (const value of seen[0]!.values) assertAlmostEquals(value, gray!, 1e-3);
});

Deno.test("colorizeImage() puts colors where the network saw them", async () => {
  const leftRed: Model = {
    ...mean,
    network: {
      ...mean.network,
      predictAb: (lightness) =>
        tf.tidy(() => {
          const [, height, width] = lightness.shape;
          const isLeft = tf.less(tf.range(0, width), width / 2);
          const a = tf.tile(tf.reshape(tf.cast(isLeft, "float32"), [1, 1, width, 1]), [
            1,
            height,
            1,
            1,
          ]);
          return tf.concat([tf.mul(a, 0.25), tf.zerosLike(a)], 3) as tf.Tensor4D;
        }),
    },
  };
  const image = new Image(300, 100).fill(0x808080ff);
  const { ab } = rgbToLab((await colorizeImage(image, leftRed)).bitmap, 4);
  const a = (x: number) => ab[2 * (50 * 300 + x)]!;
  assertAlmostEquals(a(100), 32, 1);
  assertAlmostEquals(a(200), 0, 1);
  assertAlmostEquals((a(149) + a(150)) / 2, 16, 1); // the edge stays in the middle
});

Deno.test("colorizeImage() takes any aspect and leaves the input as it is", async () => {
  for (
    const [width, height] of [[1, 1], [3, 3], [1, 5000], [5000, 1], [64, 64], [7, 300]] as const
  ) {
    const image = grayPicture(width, height);
    const before = image.bitmap.slice();
    const colorized = await colorizeImage(image, tiny);
    assertEquals([colorized.width, colorized.height], [width, height]);
    assertEquals(image.bitmap, before);
  }
});

Deno.test("colorizeImage() leaks no tensors", async () => {
  const before = tf.memory().numTensors;
  await colorizeImage(grayPicture(90, 70), tiny, { sizePx: 32 });
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("colorizeImage() stops when it is told to", async () => {
  const signal = AbortSignal.abort();
  const error = await assertRejects(() => colorizeImage(grayPicture(9, 9), mean, { signal }));
  assertEquals((error as DOMException).name, "AbortError");
});

const palette = makePalette();

Deno.test("colorizeImage() shows a point's color at its place", async () => {
  const image = grayPicture(203, 117);
  const points = [{ x: 60, y: 40, rgb: [150, 110, 120] as const }];
  const { ab } = rgbToLab((await colorizeImage(image, palette, { points })).bitmap, 4);
  const [a, b] = abOfPoint(points[0]!);
  const at = 2 * (40 * 203 + 60);
  assertLess(Math.hypot(ab[at]! - a, ab[at + 1]! - b), 3);
});

Deno.test("colorizeImage() is more colorful the more vivid", async () => {
  const chroma = async (vividness: number) => {
    const { ab } = rgbToLab(
      (await colorizeImage(grayPicture(80, 60), palette, { vividness })).bitmap,
      4,
    );
    return ab.reduce((sum, value) => sum + Math.abs(value), 0);
  };
  assertLess(await chroma(0), await chroma(1));
});

Deno.test("colorizeImage() takes closer looks where there is more to see and no size is asked for", async () => {
  const large = grayPicture(190, 140);
  const afar = await colorizeImage(large, palette, { sizePx: 64 });
  assertNotEquals((await colorizeImage(large, palette)).bitmap, afar.bitmap);
  const small = grayPicture(120, 120);
  const own = await colorizeImage(small, palette, { sizePx: 64 });
  assertEquals((await colorizeImage(small, palette)).bitmap, own.bitmap);
});

Deno.test("colorizeImage() refuses points outside the picture, and for models that take none", async () => {
  const image = grayPicture(40, 30);
  const at = (x: number, y: number) => [{ x, y, rgb: [1, 2, 3] as const }];
  await assertRejects(
    () => colorizeImage(image, palette, { points: at(40, 3) }),
    RangeError,
    "x must lie in 0..39, got 40",
  );
  await assertRejects(() => colorizeImage(image, mean, { points: at(1, 3) }), RangeError, "hints");
  await assertRejects(
    () => colorizeImage(image, mean, { vividness: 1 }),
    RangeError,
    "got vividness 1",
  );
});

Deno.test("colorizeCandidates() gives different pictures, the same for the same seed", async () => {
  const image = grayPicture(90, 60);
  const draw = async (seed: number) =>
    (await colorizeCandidates(image, palette, { count: 4, seed })).map(({ bitmap }) => bitmap);
  const pictures = await draw(7);
  assertEquals(pictures.length, 4);
  assertEquals(pictures[0], (await colorizeImage(image, palette)).bitmap);
  for (const [i, one] of pictures.entries()) {
    for (const other of pictures.slice(i + 1)) assertNotEquals(one, other);
  }
  assertEquals(await draw(7), pictures);
});
