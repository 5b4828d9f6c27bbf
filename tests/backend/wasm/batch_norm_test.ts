import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { chooseKernels } from "../../../src/backend/own_kernels.ts";
import { simdKernels } from "../../../src/backend/wasm/simd_kernels.ts";
import { startBackend } from "../../../src/backend/start.ts";
import { SeededRandom } from "../../random.ts";
import { largestError } from "../../tolerance.ts";

const EPSILON = 1e-3;

Deno.test("tf.batchNorm() on wasm is the formula, with and without scale and offset", async () => {
  await startBackend("wasm");
  const random = new SeededRandom(8);
  for (let i = 0; i < 20; i++) {
    const channels = random.integer(1, 40);
    const shape = [random.integer(1, 3), random.integer(1, 5), random.integer(1, 5), channels];
    const x = random.values(tf.util.sizeFromShape(shape));
    const [mean, offset, scale] = [0, 1, 2].map(() => random.values(channels));
    const variance = random.values(channels).map((value) => Math.abs(value) + 0.01);
    for (const given of [{}, { offset }, { scale }, { offset, scale }]) {
      const options = { mean: mean!, variance, ...given };
      const result = batchNorm(x, shape, options);
      assert(largestError(await result.data(), formula(x, options)) < 1e-5);
      result.dispose();
    }
  }
});

Deno.test("tf.batchNorm() on wasm leaves statistics that are no channels' to tfjs", async () => {
  await startBackend("wasm");
  const random = new SeededRandom(9);
  const [x, mean, variance] = [0, 1, 2].map((i) =>
    tf.tensor4d(random.values(24).map((value) => value + 2 * i), [1, 2, 3, 4])
  ) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
  const expected = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON)));
  const result = tf.batchNorm(x, mean, variance, undefined, undefined, EPSILON);
  assert(largestError(await result.data(), await expected.data()) < 1e-5);
});

Deno.test("tf.batchNorm() on wasm is tfjs' own", async () => {
  await startBackend("wasm");
  const random = new SeededRandom(10);
  const shape = [2, 3, 3, 8];
  const x = random.values(144);
  const [mean, variance] = [random.values(8), random.values(8).map((value) => 2 + value)];
  const ours = batchNorm(x, shape, { mean: mean!, variance: variance! });
  chooseKernels("builtin");
  try {
    const theirs = batchNorm(x, shape, { mean: mean!, variance: variance! });
    assertEquals(theirs.shape, ours.shape);
    assert(largestError(await ours.data(), await theirs.data()) < 1e-5);
  } finally {
    chooseKernels("ours");
  }
});

Deno.test("tf.batchNorm() on wasm is right when the heap grows for its result", async () => {
  await startBackend("wasm");
  const x = tf.fill([2 ** 20, 2], 5);
  const [mean, variance] = [tf.tensor1d([1, 2]), tf.tensor1d([4, 9])];
  const heapBytes = () => simdKernels().memory.buffer.byteLength;
  const results: tf.Tensor[] = []; // kept, so that room runs out
  let before: number;
  do {
    before = heapBytes();
    const result = tf.batchNorm2d(x as tf.Tensor2D, mean, variance, undefined, undefined, 0);
    results.push(result);
  } while (heapBytes() === before);
  assertEquals((await results.at(-1)!.data()).slice(-4), Float32Array.of(2, 1, 2, 1));
  tf.dispose([x, mean, variance, ...results]);
});

interface Statistics {
  mean: Float32Array;
  variance: Float32Array;
  offset?: Float32Array | undefined;
  scale?: Float32Array | undefined;
}

function batchNorm(x: Float32Array, shape: number[], statistics: Statistics): tf.Tensor {
  const { mean, variance, offset, scale } = statistics;
  return tf.tidy(() =>
    tf.batchNorm(
      tf.tensor(x, shape),
      tf.tensor1d(mean),
      tf.tensor1d(variance),
      offset && tf.tensor1d(offset),
      scale && tf.tensor1d(scale),
      EPSILON,
    )
  );
}

function formula(x: Float32Array, { mean, variance, offset, scale }: Statistics): Float32Array {
  return x.map((value, i) => {
    const c = i % mean.length;
    const normalized = (value - mean[c]!) / Math.sqrt(variance[c]! + EPSILON);
    return normalized * (scale?.[c] ?? 1) + (offset?.[c] ?? 0);
  });
}
