import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { coherentFeatures } from "../../src/network/coherent_features.ts";
import { SeededRandom } from "../random.ts";

const SIDE = 24;

/** Noise on the two halves of a map, left and right of a border in lightness. */
function noisyHalves() {
  const random = new SeededRandom(2);
  const isLeft = (at: number, side: number) => at % side < side / 2;
  const features = random.values(SIDE * SIDE).map((value, at) =>
    value + (isLeft(at, SIDE) ? 10 : -10)
  );
  const lightness = Float32Array.from(
    { length: 4 * SIDE * SIDE },
    (_, at) => isLeft(at, 2 * SIDE) ? 30 : 70,
  );
  return {
    isLeft,
    features: tf.tensor4d(features, [1, SIDE, SIDE, 1]),
    lightness: tf.tensor4d(lightness, [1, 2 * SIDE, 2 * SIDE, 1]),
  };
}

Deno.test("coherentFeatures() calms what lies in one lightness, and keeps to its borders", async () => {
  await startBackend("wasm");
  const { isLeft, ...halves } = noisyHalves();
  const before = tf.memory().numTensors;
  const coherent = coherentFeatures(halves.features, halves.lightness);
  assertEquals(tf.memory().numTensors, before + 1);
  const spreadOf = (values: ArrayLike<number>) => {
    const noise = Array.from(values, (value, at) => value - (isLeft(at, SIDE) ? 10 : -10));
    return Math.sqrt(noise.reduce((sum, value) => sum + value ** 2, 0) / noise.length);
  };
  const [noisy, calm] = [spreadOf(await halves.features.data()), spreadOf(await coherent.data())];
  assert(calm < noisy / 5, `${noisy} becomes ${calm}`);
  tf.dispose([coherent, ...Object.values(halves)]);
});

Deno.test("coherentFeatures() leaves what is equal everywhere, to the sides of the map", async () => {
  await startBackend("wasm");
  const features = tf.tile(tf.tensor4d([1, -2, 3], [1, 1, 1, 3]), [2, 5, 3, 1]) as tf.Tensor4D;
  const values = new SeededRandom(3).values(2 * 10 * 6).map((value) => 50 * value);
  const lightness = tf.tensor4d(values, [2, 10, 6, 1]);
  const coherent = coherentFeatures(features, lightness);
  const [got, expected] = [await coherent.data(), await features.data()];
  for (const [i, value] of expected.entries()) assert(Math.abs(value - got[i]!) < 1e-5);
  tf.dispose([features, lightness, coherent]);
});

Deno.test("coherentFeatures() leaves little that differs from pixel to pixel, in grain too", async () => {
  await startBackend("wasm");
  const random = new SeededRandom(4);
  const features = tf.tensor4d(random.values(SIDE * SIDE), [1, SIDE, SIDE, 1]);
  const grain = random.values(4 * SIDE * SIDE).map((value) => 50 + 12 * value);
  const lightness = tf.tensor4d(grain, [1, 2 * SIDE, 2 * SIDE, 1]);
  const coherent = coherentFeatures(features, lightness);
  const [before, after] = [await features.data(), await coherent.data()].map(steps);
  assert(after! < before! / 15, `${before} becomes ${after}`);
  tf.dispose([features, lightness, coherent]);
});

/** Deviation between pixels and those to the left of them. */
function steps(values: ArrayLike<number>): number {
  const squares = Array.from(
    values,
    (value, at) => at % SIDE === 0 ? 0 : (value - values[at - 1]!) ** 2,
  );
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}
