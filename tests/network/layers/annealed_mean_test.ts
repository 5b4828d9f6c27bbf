import { assertAlmostEquals, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { AnnealedMean } from "../../../src/network/layers/annealed_mean.ts";

const CENTERS = Float32Array.of(0, 0, 10, -4, -6, 8);
const LOGITS = [1, 2, 0.5];

for (const temperature of [1, 0.38]) {
  Deno.test(`AnnealedMean at ${temperature} is the mean color of the sharpened distribution`, async () => {
    await startBackend("wasm");
    const layer = new AnnealedMean({ name: "ab", temperature, centers: CENTERS });
    const logits = tf.tensor4d(LOGITS, [1, 1, 1, 3]);
    const mean = layer.apply(logits) as tf.Tensor;
    assertEquals(mean.shape, [1, 1, 1, 2]);
    const weights = LOGITS.map((logit) => Math.exp(logit / temperature));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const expected = (plane: number) =>
      weights.reduce((total, weight, i) => total + weight * CENTERS[2 * i + plane]!, 0) / sum;
    const [a, b] = await mean.data();
    assertAlmostEquals(a!, expected(0), 1e-5);
    assertAlmostEquals(b!, expected(1), 1e-5);
    tf.dispose([logits, mean]);
  });
}

Deno.test("AnnealedMean keeps the centers as a weight that is not trained", async () => {
  await startBackend("wasm");
  const layer = new AnnealedMean({ name: "ab", temperature: 1, centers: CENTERS });
  layer.apply(tf.zeros([1, 1, 1, 3]));
  assertEquals(layer.trainableWeights.length, 0);
  assertEquals(layer.nonTrainableWeights.map(({ originalName }) => originalName), ["ab/kernel"]);
});
