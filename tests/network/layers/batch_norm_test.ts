import { assert } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { type KernelChoice, startBackend } from "../../../src/backend/start.ts";
import { BatchNorm } from "../../../src/network/layers/batch_norm.ts";
import { type StepContext, wholeBatchContext } from "../../../src/network/network.ts";
import { SeededRandom } from "../../random.ts";
import { largestError, relativeError } from "../../tolerance.ts";
import { webgpuTest } from "../../webgpu.ts";
import { disposeWeights, type Kwargs, runLayer } from "./layer_gradients.ts";

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

/** tfjs' own kernels need no test of ours beyond what they are asked to do. */
const SHAPES = { ours: 30, builtin: 4 };

for (const kernels of ["ours", "builtin"] as const) {
  const name = `BatchNorm, its gradients and its moving statistics equal plain loops, ${kernels}`;
  Deno.test(`${name}, on wasm`, () => checkShapes("wasm", kernels));
  webgpuTest(`${name}, on webgpu`, () => checkShapes("webgpu", kernels));
}

async function checkShapes(backend: "wasm" | "webgpu", kernels: KernelChoice): Promise<void> {
  const device = await startBackend(backend, { kernels });
  const random = new SeededRandom(3);
  for (let i = 0; i < SHAPES[kernels]; i++) {
    const images = i % 10 === 9 ? 17 : random.integer(1, 3);
    // From 41 x 41 values of one channel on, a sum has several stages.
    const side = i % 15 === 0 ? 80 : 6;
    const channels = i % 3 === 0 ? 1 : random.integer(2, 70);
    // Few values have next to no variance, which enlarges the rounding errors of their gradient.
    const shape = [images, random.integer(2, side), random.integer(3, side), channels];
    await checkOne(shape as Shape, random);
  }
  device.check();
}

type Shape = [images: number, height: number, width: number, channels: number];

async function checkOne(shape: Shape, random: SeededRandom): Promise<void> {
  const channels = shape[3];
  const size = shape.reduce((product, side) => product * side, 1);
  const x = random.values(size).map((value, i) => 3 * (i % channels % 4) + value);
  const dy = random.values(size);
  const [gamma, beta] = [random.values(channels), random.values(channels)];
  const layer = new BatchNorm({ name: "bn" });
  layer.build(shape);
  const [mean, variance] = [random.values(channels), random.values(channels)];
  const weights = [gamma, beta, mean, variance].map((values) => tf.tensor1d(values));
  layer.setWeights(weights);
  const input = tf.tensor4d(x, shape);
  const { output, gradients } = runLayer(layer, { input, dy, kwargs: training(shape[0]) });
  const expected = plainBatchNorm({ x, dy, gamma, beta, mean, variance });
  const moving = layer.getWeights().slice(2);
  for (const [i, tensor] of [output, ...gradients, ...moving].entries()) {
    const error = largestError(await tensor.data(), expected[i]!);
    assert(error < 2e-5, `${i} of [${shape}] is off by ${error}`);
  }
  tf.dispose([input, output, ...weights, ...gradients]);
  disposeWeights(layer);
}

/**
 * Batch norm while training, in double precision, channel by channel.
 * @returns y, dx, dGamma, dBeta, moving mean and moving variance.
 */
function plainBatchNorm(
  values: Record<"x" | "dy" | "gamma" | "beta" | "mean" | "variance", Float32Array>,
): Float64Array[] {
  const { x, dy, gamma, beta } = values;
  const channels = gamma.length;
  const count = x.length / channels;
  const [y, dx] = [new Float64Array(x.length), new Float64Array(x.length)];
  const results = Array.from({ length: 4 }, () => new Float64Array(channels));
  for (let c = 0; c < channels; c++) {
    const places = Array.from({ length: count }, (_, row) => row * channels + c);
    const meanOf = (term: (at: number) => number) =>
      places.reduce((sum, at) => sum + term(at), 0) / count;
    const mean = meanOf((at) => x[at]!);
    const variance = meanOf((at) => (x[at]! - mean) ** 2);
    const deviation = Math.sqrt(variance + 1e-3);
    const normalized = (at: number) => (x[at]! - mean) / deviation;
    const meanDy = meanOf((at) => dy[at]!);
    const meanProduct = meanOf((at) => dy[at]! * normalized(at));
    for (const at of places) {
      y[at] = gamma[c]! * normalized(at) + beta[c]!;
      dx[at] = gamma[c]! / deviation * (dy[at]! - meanDy - normalized(at) * meanProduct);
    }
    const moved = (before: number, now: number) => 0.99 * before + 0.01 * now;
    results[0]![c] = meanProduct * count;
    results[1]![c] = meanDy * count;
    results[2]![c] = moved(values.mean[c]!, mean);
    results[3]![c] = moved(values.variance[c]!, variance);
  }
  return [y, dx, ...results];
}

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
