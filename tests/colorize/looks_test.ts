import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { logitsOfLooks } from "../../src/colorize/looks.ts";
import { buildNetwork } from "../../src/network/build.ts";
import type { Network } from "../../src/network/network.ts";
import { SeededRandom } from "../random.ts";
import { largestError } from "../tolerance.ts";
import { shakeWeights } from "../network/shake_weights.ts";

const [COUNT, HEIGHT, WIDTH] = [2, 8, 12];

async function makePalette(): Promise<Network> {
  await startBackend("wasm");
  const network = buildNetwork({
    kind: "palette",
    widths: [4, 6],
    encoderConvs: [0, 1],
    decoderConvs: [1],
    batchNorm: true,
  }, { seed: 2 });
  await shakeWeights(network);
  return network;
}

Deno.test("logitsOfLooks() is the mean of two looks, and the same seen in a mirror", async () => {
  const network = await makePalette();
  const palette = network.palette!;
  const random = new SeededRandom(4);
  const lightness = planes(random.values(COUNT * HEIGHT * WIDTH).map((value) => 50 + 50 * value));
  const hints = planes(random.values(3 * COUNT * HEIGHT * WIDTH), 3);
  const mirrored = (x: tf.Tensor4D) => tf.reverse(x, 2);
  for (const given of [undefined, hints]) {
    const before = tf.memory().numTensors;
    const both = logitsOfLooks(palette, { lightness, hints: given });
    assertEquals(tf.memory().numTensors, before + 1);
    const own = await palette.predictLogits(lightness, given).data();
    const seen = palette.predictLogits(mirrored(lightness), given && mirrored(given));
    const other = await mirrored(seen).data();
    assert(largestError(own, other) > 0.01, "the network sees left and right alike");
    const mean = own.map((value, i) => (value + other[i]!) / 2);
    assert(largestError(await both.data(), mean) < 1e-4);
    const turned = logitsOfLooks(palette, {
      lightness: mirrored(lightness),
      hints: given && mirrored(given),
    });
    assert(largestError(await mirrored(turned).data(), await both.data()) < 1e-4);
  }
  network.dispose();
});

Deno.test("closer looks have half the say, at their places, and see the hints", async () => {
  const network = await makePalette();
  const palette = network.palette!;
  const random = new SeededRandom(5);
  const gray = (size: number) => random.values(size).map((value) => 50 + 50 * value);
  const lightness = planes(gray(COUNT * HEIGHT * WIDTH));
  const hints = planes(random.values(3 * COUNT * HEIGHT * WIDTH), 3);
  // At 1.5 times the sides are 12 x 18, of which the network takes 12 x 20.
  const sides = [[12, 20], [16, 24]] as const;
  const closer = sides.map(([h, w]) => tf.tensor4d(gray(COUNT * h * w), [COUNT, h, w, 1]));
  const mirrored = (x: tf.Tensor4D) => tf.reverse(x, 2);
  for (const given of [undefined, hints]) {
    const before = tf.memory().numTensors;
    const logits = logitsOfLooks(palette, { lightness, hints: given, closer });
    assertEquals(tf.memory().numTensors, before + 1);
    const near = closer.map((_, i) => given && enlarged(given, [1.5, 2][i]!, sides[i]![1]));
    const looks = [
      palette.features(lightness, given),
      mirrored(palette.features(mirrored(lightness), given && mirrored(given))),
      await sampled(palette.features(closer[0]!, near[0]), 1.5),
      await sampled(
        mirrored(palette.features(mirrored(closer[1]!), near[1] && mirrored(near[1]))),
        2,
      ),
    ];
    const each = await Promise.all(looks.map((look) => palette.logitsOf(look, lightness).data()));
    assert(largestError(each[0]!, each[2]!) > 0.01, "the network sees the same from nearby");
    const expected = each[0]!.map((_, i) => each.reduce((sum, look) => sum + look[i]!, 0) / 4);
    assert(largestError(await logits.data(), expected) < 1e-4);
  }
  network.dispose();
});

/** Pixels of hints, each as large as `scale` times, and none beyond, up to a width. */
function enlarged(hints: tf.Tensor4D, scale: number, width: number): tf.Tensor4D {
  const from = hints.dataSync();
  const larger = tf.buffer([COUNT, scale * HEIGHT, width, 3]);
  const buffer = tf.buffer(hints.shape, "float32", from as Float32Array);
  for (let n = 0; n < COUNT; n++) {
    for (let y = 0; y < scale * HEIGHT; y++) {
      for (let x = 0; x < scale * WIDTH; x++) {
        const [row, column] = [Math.floor(y / scale), Math.floor(x / scale)];
        for (let c = 0; c < 3; c++) larger.set(buffer.get(n, row, column, c), n, y, x, c);
      }
    }
  }
  return larger.toTensor() as tf.Tensor4D;
}

/** Bilinear samples of features at the centers of the pixels of a map of fewer ones. */
async function sampled(features: tf.Tensor4D, scale: number): Promise<tf.Tensor4D> {
  const [, , , channels] = features.shape;
  const near = await features.buffer();
  const far = tf.buffer([COUNT, HEIGHT / 2, WIDTH / 2, channels]);
  const taps = (at: number) => {
    const center = (at + 0.5) * scale - 0.5;
    const first = Math.floor(center);
    return [[first, 1 - (center - first)], [first + 1, center - first]] as const;
  };
  for (const [i] of far.values.entries()) {
    const [n, y, x, c] = far.indexToLoc(i) as [number, number, number, number];
    let sum = 0;
    for (const [row, ofRow] of taps(y)) {
      for (const [column, ofColumn] of taps(x)) {
        sum += ofRow * ofColumn * near.get(n, row, column, c);
      }
    }
    far.set(sum, n, y, x, c);
  }
  return far.toTensor() as tf.Tensor4D;
}

function planes(values: Float32Array, channels = 1): tf.Tensor4D {
  return tf.tensor4d(values, [COUNT, HEIGHT, WIDTH, channels]);
}
