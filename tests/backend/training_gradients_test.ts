/** Every gradient that training uses, on both devices, against finite differences. */
import { assert } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { wholeBatchContext } from "../../src/network/network.ts";
import { BatchNorm } from "../../src/network/layers/batch_norm.ts";
import { SeededDropout } from "../../src/network/layers/dropout.ts";
import { UpsampledConv2d } from "../../src/network/layers/upsampled_conv.ts";
import { SeededRandom } from "../random.ts";
import { relativeError } from "../tolerance.ts";
import { webgpuTest } from "../webgpu.ts";

/** Half the distance of the two points of a difference: errors of 1e-7 in the loss grow to 1e-5. */
const STEP = 1e-2;

interface Case {
  name: string;
  /** Shapes of everything that the gradient is taken of. */
  shapes: number[][];
  run(...inputs: tf.Tensor[]): tf.Tensor;
}

const conv = (strides: number, pad: "same" | "valid") => (x: tf.Tensor, kernel: tf.Tensor) =>
  tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, strides, pad);

const CASES: Case[] = [
  { name: "conv 3x3", shapes: [[2, 5, 4, 3], [3, 3, 3, 2]], run: conv(1, "same") },
  { name: "conv 3x3 stride 2", shapes: [[2, 6, 5, 2], [3, 3, 2, 3]], run: conv(2, "same") },
  { name: "conv 3x3 stride 2 valid", shapes: [[1, 7, 7, 2], [3, 3, 2, 2]], run: conv(2, "valid") },
  { name: "conv 4x4 stride 2", shapes: [[1, 8, 6, 2], [4, 4, 2, 3]], run: conv(2, "same") },
  { name: "conv 1x1", shapes: [[2, 3, 3, 4], [1, 1, 4, 2]], run: conv(1, "same") },
  {
    name: "transposed conv 4x4 stride 2",
    shapes: [[1, 3, 4, 2], [4, 4, 3, 2]],
    run: (x, kernel) =>
      tf.conv2dTranspose(x as tf.Tensor4D, kernel as tf.Tensor4D, [1, 6, 8, 3], 2, "same"),
  },
  { name: "bias", shapes: [[2, 3, 4, 5], [5]], run: (x, bias) => tf.add(x, bias) },
  { name: "tanh", shapes: [[2, 3, 3, 2]], run: (x) => tf.tanh(x) },
  {
    name: "nearest upsampling",
    shapes: [[2, 3, 4, 2]],
    run: (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [6, 8]),
  },
  {
    name: "product with transposed operands",
    shapes: [[4, 3], [5, 4]],
    run: (a, b) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, true, true),
  },
  {
    name: "squared error",
    shapes: [[2, 3, 3, 2], [2, 3, 3, 2]],
    run: (a, b) => tf.div(tf.sum(tf.squaredDifference(a, b)), 36),
  },
];

for (const { name, shapes, run } of CASES) {
  Deno.test(`the gradient of ${name} is right on wasm`, () => check("wasm", shapes, run));
  webgpuTest(`the gradient of ${name} is right on webgpu`, () => check("webgpu", shapes, run));
}

const LAYERS: { name: string; make: () => tf.layers.Layer; images: number; shape: number[] }[] = [
  { name: "BatchNorm", make: () => new BatchNorm({ name: "bn" }), images: 3, shape: [3, 4, 2] },
  {
    name: "SeededDropout",
    make: () => new SeededDropout({ name: "dropout", rate: 0.5, layerIndex: 1 }),
    images: 2,
    shape: [3, 3, 4],
  },
  {
    name: "UpsampledConv2d",
    make: () => {
      const kernelInitializer = tf.initializers.glorotUniform({ seed: 1 });
      const layer = new UpsampledConv2d({ name: "up", filters: 3, kernelInitializer });
      layer.build([null, 3, 2, 2]);
      // A bias that keeps every sum positive: a difference across ReLU's kink has no derivative.
      layer.setWeights([layer.getWeights()[0]!, tf.fill([3], 5)]);
      return layer;
    },
    images: 2,
    shape: [3, 2, 2],
  },
];

for (const { name, make, images, shape } of LAYERS) {
  const checkLayer = async (backend: "wasm" | "webgpu") => {
    await startBackend("wasm");
    const layer = make();
    const context = wholeBatchContext({ seed: 1, step: 2, batchImages: images });
    const kwargs = context as unknown as Parameters<tf.layers.Layer["apply"]>[1];
    const run = (x: tf.Tensor) => layer.apply(x, kwargs) as tf.Tensor;
    await check(backend, [[images, ...shape]], run);
  };
  Deno.test(`the gradient of layer ${name} is right on wasm`, () => checkLayer("wasm"));
  webgpuTest(`the gradient of layer ${name} is right on webgpu`, () => checkLayer("webgpu"));
}

/** Compares analytic gradients of a random weighted sum of the output with central differences. */
async function check(
  backend: "wasm" | "webgpu",
  shapes: number[][],
  run: Case["run"],
): Promise<void> {
  await startBackend("wasm"); // differences need hundreds of reads, which are slow on a GPU
  const random = new SeededRandom(7);
  const inputs = shapes.map((shape) => random.values(size(shape)));
  const probe = tf.tidy(() => run(...tensors(inputs, shapes)).shape);
  const weights = random.values(size(probe));
  const expected: number[][] = [];
  for (let i = 0; i < inputs.length; i++) {
    expected.push(await differences(inputs, shapes, { i, run, weights }));
  }
  const device = await startBackend(backend);
  const loss = (...values: tf.Tensor[]) =>
    tf.sum(tf.mul(run(...values), tf.tensor(weights, probe))) as tf.Scalar;
  const gradients = tf.tidy(() => tf.grads(loss)(tensors(inputs, shapes)));
  for (const [i, gradient] of gradients.entries()) {
    const error = relativeError(await gradient.data(), expected[i]!);
    assert(error < 2e-3, `gradient ${i} is off by ${error}`);
  }
  tf.dispose(gradients);
  device.check();
}

/** Central differences of the loss, summed in double precision. */
async function differences(
  inputs: Float32Array[],
  shapes: number[][],
  { i, run, weights }: { i: number; run: Case["run"]; weights: Float32Array },
): Promise<number[]> {
  const lossAt = async (element: number, shift: number) => {
    const shifted = inputs.map((values) => values.slice());
    shifted[i]![element]! += shift;
    const output = tf.tidy(() => run(...tensors(shifted, shapes)));
    const values = await output.data();
    output.dispose();
    return weights.reduce((sum, weight, at) => sum + weight * values[at]!, 0);
  };
  const slopes: number[] = [];
  for (let element = 0; element < inputs[i]!.length; element++) {
    slopes.push((await lossAt(element, STEP) - await lossAt(element, -STEP)) / (2 * STEP));
  }
  return slopes;
}

function tensors(inputs: Float32Array[], shapes: number[][]): tf.Tensor[] {
  return inputs.map((values, i) => tf.tensor(values, shapes[i]!));
}

function size(shape: number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
