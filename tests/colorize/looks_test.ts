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

Deno.test("a closer look has half the say, place by place, and sees the hints", async () => {
  const network = await makePalette();
  const palette = network.palette!;
  const random = new SeededRandom(5);
  const lightness = planes(random.values(COUNT * HEIGHT * WIDTH).map((value) => 50 + 50 * value));
  const hints = planes(random.values(3 * COUNT * HEIGHT * WIDTH), 3);
  const near = random.values(4 * COUNT * HEIGHT * WIDTH).map((value) => 50 + 50 * value);
  const closer = tf.tensor4d(near, [COUNT, 2 * HEIGHT, 2 * WIDTH, 1]);
  for (const given of [undefined, hints]) {
    const before = tf.memory().numTensors;
    const logits = logitsOfLooks(palette, { lightness, hints: given, closer });
    assertEquals(tf.memory().numTensors, before + 1);
    const afar = await logitsOfLooks(palette, { lightness, hints: given }).data();
    // The same without pooling features: four neighbors of the near map have the place's mean.
    const of = given && tf.image.resizeNearestNeighbor(given, [2 * HEIGHT, 2 * WIDTH]);
    const features = palette.features(closer, of);
    const corners = [[0, 0], [0, 1], [1, 0], [1, 1]].map(([y, x]) =>
      tf.stridedSlice(features, [0, y!, x!, 0], features.shape, [1, 2, 2, 1]) as tf.Tensor4D
    );
    const mean = tf.div(tf.addN(corners), 4) as tf.Tensor4D;
    const nearby = await palette.logitsOf(mean, lightness).data();
    assert(largestError(afar, nearby) > 0.01, "the network sees the same from near and afar");
    const expected = afar.map((value, i) => (value + nearby[i]!) / 2);
    assert(largestError(await logits.data(), expected) < 1e-4);
  }
  network.dispose();
});

function planes(values: Float32Array, channels = 1): tf.Tensor4D {
  return tf.tensor4d(values, [COUNT, HEIGHT, WIDTH, channels]);
}
