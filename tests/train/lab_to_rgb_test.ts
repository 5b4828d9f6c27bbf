import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { labToRgb } from "../../src/color/lab.ts";
import { labToRgbPlanes } from "../../src/train/lab_to_rgb.ts";
import { SeededRandom } from "../random.ts";
import { largestError } from "../tolerance.ts";
import { webgpuTest } from "../webgpu.ts";

const SHAPE: [number, number, number] = [2, 10, 15];
const COUNT = 2 * 10 * 15;

Deno.test("labToRgbPlanes() gives the colors of labToRgb() on wasm", () => compare("wasm"));
webgpuTest("labToRgbPlanes() gives the colors of labToRgb() on webgpu", () => compare("webgpu"));

Deno.test("the gradient of labToRgbPlanes() is that of finite differences, in shadow too", async () => {
  await startBackend("wasm");
  const { lightness, ab } = colors();
  const weights = new SeededRandom(4).values(3 * COUNT);
  const gradients = tf.tidy(() => {
    const sum = (a: tf.Tensor, b: tf.Tensor) => {
      const planes = { a: a as tf.Tensor3D, b: b as tf.Tensor3D };
      const rgb = labToRgbPlanes(tf.tensor3d(lightness, SHAPE), planes);
      return tf.sum(tf.mul(rgb, tf.tensor3d(weights, [6, 10, 15])));
    };
    return tf.grads(sum)([plane(ab, 0), plane(ab, 1)]);
  });
  let compared = 0;
  for (const [channel, gradient] of gradients.entries()) {
    const values = await gradient.data();
    for (let pixel = 0; pixel < COUNT; pixel++) {
      const [below, own, above] = [-1, 0, 1].map((step) => measured(pixel, step * 0.064) // a two-thousandth of 128
      );
      if (below!.clipped || above!.clipped) continue;
      const slopes = [own!.sum - below!.sum, above!.sum - own!.sum].map((rise) => rise / 5e-4);
      if (Math.abs(slopes[0]! - slopes[1]!) > 1e-2) continue; // across a knee
      assertAlmostEquals(values[pixel]!, (slopes[0]! + slopes[1]!) / 2, 5e-3, `pixel ${pixel}`);
      compared++;
    }

    function measured(pixel: number, change: number): { sum: number; clipped: boolean } {
      const own = ab.slice(2 * pixel, 2 * pixel + 2);
      own[channel]! += change;
      const rgb = labToRgb({ lightness: lightness.slice(pixel, pixel + 1), ab: own });
      const sum = rgb.reduce((total, value, i) => total + value * weights[i * COUNT + pixel]!, 0);
      return { sum, clipped: rgb.some((value) => value < 1e-4 || value > 1 - 1e-4) };
    }
  }
  assert(compared > COUNT, `${compared} slopes`);
  tf.dispose(gradients);
});

async function compare(backend: "wasm" | "webgpu"): Promise<void> {
  const device = await startBackend(backend);
  try {
    const { lightness, ab } = colors();
    const tensors = tf.memory().numTensors;
    const planes = tf.tidy(() =>
      labToRgbPlanes(tf.tensor3d(lightness, SHAPE), { a: plane(ab, 0), b: plane(ab, 1) })
    );
    assertEquals(planes.shape, [6, 10, 15]);
    const rgb = labToRgb({ lightness, ab });
    const expected = Float32Array.from(
      rgb,
      (_, i) => rgb[3 * (i % COUNT) + Math.floor(i / COUNT)]!,
    );
    const error = largestError(await planes.data() as Float32Array, expected);
    assert(error < 1e-5, `off by ${error}`);
    planes.dispose();
    assertEquals(tf.memory().numTensors, tensors);
    device.check();
  } finally {
    device.stop();
  }
}

/** From black to white, inside the gamut of sRGB and outside. */
function colors(): { lightness: Float32Array; ab: Float32Array } {
  const random = new SeededRandom(2);
  const lightness = random.values(COUNT).map((value) => 50 + 50 * value);
  const ab = random.values(2 * COUNT).map((value, i) => (i % 4 < 2 ? 20 : 90) * value);
  return { lightness, ab };
}

/** a / 128 or b / 128 of interleaved ones. */
function plane(ab: Float32Array, channel: number): tf.Tensor3D {
  const values = Float32Array.from({ length: COUNT }, (_, i) => ab[2 * i + channel]! / 128);
  return tf.tensor3d(values, SHAPE);
}
