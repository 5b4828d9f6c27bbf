import { assertAlmostEquals, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { trainingGamutPrior } from "../../../src/color/gamut_bins.ts";
import { BinHead } from "../../../src/network/layers/bin_head.ts";
import { InitialWeights } from "../../../src/network/layers/initial_weights.ts";
import { SeededRandom } from "../../random.ts";

Deno.test("BinHead starts at the prior, and multiplies features by its kernel", async () => {
  await startBackend("wasm");
  const head = new BinHead({ name: "bins", initial: new InitialWeights(1) });
  const values = new SeededRandom(4).values(2 * 3 * 4 * 5);
  const features = tf.tensor4d(values, [2, 3, 4, 5]);
  const logits = head.apply(features) as tf.Tensor;
  const [kernel, bias, prior] = await Promise.all(head.getWeights().map((weight) => weight.data()));
  const expectedPrior = trainingGamutPrior();
  const bins = expectedPrior.length;
  assertEquals(logits.shape, [2, 3, 4, bins]);
  assertEquals(head.computeOutputShape([null, 3, 4, 5]), [null, 3, 4, bins]);
  const actual = await logits.data();
  for (let bin = 0; bin < bins; bin++) {
    assertAlmostEquals(prior![bin]!, expectedPrior[bin]!, 1e-7);
    assertAlmostEquals(bias![bin]!, Math.log(expectedPrior[bin]!), 1e-4);
    for (const pixel of [0, 7, 23]) {
      let sum = bias![bin]!;
      for (let c = 0; c < 5; c++) sum += values[5 * pixel + c]! * kernel![c * bins + bin]!;
      assertAlmostEquals(actual[pixel * bins + bin]!, sum, 1e-4);
    }
  }
  tf.dispose([features, logits]);
});

Deno.test("BinHead keeps the prior as a weight that is not trained", async () => {
  await startBackend("wasm");
  const head = new BinHead({ name: "bins", initial: new InitialWeights(1) });
  head.build([null, 2, 2, 3]);
  const names = (weights: tf.LayerVariable[]) => weights.map(({ originalName }) => originalName);
  assertEquals(names(head.trainableWeights), ["kernel", "bias"]);
  assertEquals(names(head.nonTrainableWeights), ["prior"]);
  assertEquals(head.prior.shape, [261]);
});
