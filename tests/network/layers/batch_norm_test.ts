import { assert } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { BatchNorm } from "../../../src/network/layers/batch_norm.ts";
import { type StepContext, wholeBatchContext } from "../../../src/network/network.ts";
import { SeededRandom } from "../../random.ts";
import { relativeError } from "../../tolerance.ts";

const SHAPE = [4, 3, 5, 6] as const;

Deno.test("BatchNorm agrees with tf.layers.batchNormalization, while training and after", async () => {
  await startBackend("wasm");
  const [ours, theirs] = [new BatchNorm({ name: "ours" }), tf.layers.batchNormalization()];
  const features = randomFeatures(1);
  const train = (layer: tf.layers.Layer) => layer.apply(features, training(SHAPE[0])) as tf.Tensor;
  for (let step = 0; step < 3; step++) await compare(train(ours), train(theirs));
  for (let i = 0; i < 4; i++) await compare(ours.getWeights()[i]!, theirs.getWeights()[i]!, 1e-5);
  const infer = (layer: tf.layers.Layer) => layer.apply(features) as tf.Tensor;
  await compare(infer(ours), infer(theirs));
  features.dispose();
});

Deno.test("BatchNorm over two shares of a batch normalizes like over the whole", async () => {
  await startBackend("wasm");
  const features = randomFeatures(2);
  const whole = new BatchNorm({ name: "whole" }).apply(features, training(SHAPE[0])) as tf.Tensor;
  const [first, second] = tf.split(features, 2);
  // Each share gets the sums of both, as a group of workers would hand them out.
  const sums = [tf.sum(features, [0, 1, 2]), undefined] as (tf.Tensor | undefined)[];
  const mean = tf.div(sums[0]!, SHAPE[0] * SHAPE[1] * SHAPE[2]);
  sums[1] = tf.sum(tf.squaredDifference(features, mean), [0, 1, 2]);
  const shares = [first!, second!].map((share) => {
    const calls = [...sums];
    const sumOverShares = () => calls.shift() as tf.Tensor1D;
    const kwargs = { ...training(SHAPE[0]), sumOverShares } as unknown as Kwargs;
    return new BatchNorm({ name: "share" }).apply(share, kwargs) as tf.Tensor;
  });
  await compare(tf.concat(shares), whole);
});

type Kwargs = NonNullable<Parameters<tf.layers.Layer["apply"]>[1]>;

function training(batchImages: number): Kwargs {
  const context: StepContext = wholeBatchContext({ seed: 0, step: 0, batchImages });
  return context as unknown as Kwargs;
}

function randomFeatures(seed: number): tf.Tensor4D {
  const values = new SeededRandom(seed).values(SHAPE.reduce((a, b) => a * b, 1));
  return tf.tensor4d(values.map((value, i) => 10 * (i % 6) + value), [...SHAPE]);
}

async function compare(values: tf.Tensor, expected: tf.Tensor, tolerance = 1e-4): Promise<void> {
  const error = relativeError(await values.data(), await expected.data());
  assert(error < tolerance, `off by ${error}`);
}
