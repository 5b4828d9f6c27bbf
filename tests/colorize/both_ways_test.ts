import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { logitsOfBothWays } from "../../src/colorize/both_ways.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { SeededRandom } from "../random.ts";
import { largestError } from "../tolerance.ts";
import { shakeWeights } from "../network/shake_weights.ts";

const [COUNT, HEIGHT, WIDTH] = [2, 8, 12];

Deno.test("logitsOfBothWays() is the mean of two looks, and the same seen in a mirror", async () => {
  await startBackend("wasm");
  const network = buildNetwork({
    kind: "palette",
    widths: [4, 6],
    encoderConvs: [0, 1],
    decoderConvs: [1],
    batchNorm: true,
  }, { seed: 2 });
  await shakeWeights(network);
  const palette = network.palette!;
  const random = new SeededRandom(4);
  const lightness = planes(random.values(COUNT * HEIGHT * WIDTH).map((value) => 50 + 50 * value));
  const hints = planes(random.values(3 * COUNT * HEIGHT * WIDTH), 3);
  const mirrored = (x: tf.Tensor4D) => tf.reverse(x, 2);
  for (const given of [undefined, hints]) {
    const before = tf.memory().numTensors;
    const both = logitsOfBothWays(palette, lightness, given);
    assertEquals(tf.memory().numTensors, before + 1);
    const own = await palette.predictLogits(lightness, given).data();
    const seen = palette.predictLogits(mirrored(lightness), given && mirrored(given));
    const other = await mirrored(seen).data();
    assert(largestError(own, other) > 0.01, "the network sees left and right alike");
    const mean = own.map((value, i) => (value + other[i]!) / 2);
    assert(largestError(await both.data(), mean) < 1e-4);
    const turned = logitsOfBothWays(palette, mirrored(lightness), given && mirrored(given));
    assert(largestError(await mirrored(turned).data(), await both.data()) < 1e-4);
  }
  network.dispose();
});

function planes(values: Float32Array, channels = 1): tf.Tensor4D {
  return tf.tensor4d(values, [COUNT, HEIGHT, WIDTH, channels]);
}
