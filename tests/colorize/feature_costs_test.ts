import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { comparedSize, featureCosts, placesOf } from "../../src/colorize/feature_costs.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { SeededRandom } from "../random.ts";
import { makePalette } from "./palette_model.ts";

await startBackend("wasm");
const model = makePalette();

function noise(widthPx: number, heightPx: number, seed: number) {
  const random = new SeededRandom(seed);
  const lightness = random.values(widthPx * heightPx).map((value) => 50 + 40 * value);
  return { widthPx, heightPx, lightness };
}

Deno.test("comparedSize() has about as many pixels for every aspect, in whole places", () => {
  const sizes = [[481, 321], [30, 20], [1, 1], [900, 1200], [5000, 1], [3, 7000]] as const;
  for (const [widthPx, heightPx] of sizes) {
    const size = comparedSize({ widthPx, heightPx });
    const places = placesOf(size);
    assert(Number.isInteger(places.widthPx) && Number.isInteger(places.heightPx));
    const pixels = size.widthPx * size.heightPx;
    assert(pixels > 19_000 && pixels < 30_000, `${widthPx} x ${heightPx}: ${pixels}`);
  }
  assertEquals(comparedSize({ widthPx: 600, heightPx: 400 }), { widthPx: 192, heightPx: 128 });
});

Deno.test("featureCosts() has a cost for each pair of places, and leaks nothing", async () => {
  const tensors = tf.memory().numTensors;
  const costs = await featureCosts(model, noise(24, 12, 1), noise(8, 20, 2));
  assertEquals(costs.length, (6 * 3) * (2 * 5));
  assert(costs.every((cost) => cost > -1e-5));
  assertEquals(tf.memory().numTensors, tensors);
});

Deno.test("featureCosts() finds each place of a picture in the picture itself", async () => {
  const picture = noise(32, 24, 3);
  const costs = await featureCosts(model, picture, picture);
  for (let place = 0; place < 48; place++) {
    const own = costs.subarray(48 * place, 48 * (place + 1));
    assertEquals(own.indexOf(Math.min(...own)), place);
    assertAlmostEquals(own[place]!, 0, 1e-4);
  }
});

Deno.test("featureCosts() counts lightness, remapped, and height besides", async () => {
  // Nothing that features could tell: what is left is lightness and height.
  const flat = { ...model, network: { ...model.network, palette: constantFeatures() } };
  const steps = (...values: number[]) => ({
    widthPx: 4,
    heightPx: 4 * values.length,
    lightness: Float32Array.from({ length: 16 * values.length }, (_, i) => values[i >> 4]!),
  });
  // 70 and 80 are remapped to 20 and 60.
  const costs = await featureCosts(flat, steps(20, 60), steps(70, 80));
  const other = 1 + 0.5 * (40 / 20) ** 2 + 0.5 * 0.5 ** 2;
  [1, other, other, 1].forEach((cost, i) => assertAlmostEquals(costs[i]!, cost, 1e-4));
});

Deno.test("featureCosts() refuses a model of one color", async () => {
  const gray = { ...model, name: "gray", network: buildNetwork({ kind: "constant", a: 0, b: 0 }) };
  const tensors = tf.memory().numTensors;
  await assertRejects(
    () => featureCosts(gray, noise(8, 8, 1), noise(8, 8, 1)),
    RangeError,
    "must be a palette, got gray",
  );
  assertEquals(tf.memory().numTensors, tensors);
});

function constantFeatures() {
  const palette = model.network.palette!;
  return {
    ...palette,
    features: (lightness: tf.Tensor4D) => {
      const [images, height, width] = lightness.shape;
      return tf.ones([images, height / 2, width / 2, 5]) as tf.Tensor4D;
    },
  };
}
