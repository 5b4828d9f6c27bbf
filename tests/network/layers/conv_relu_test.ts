import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { type KernelChoice, startBackend } from "../../../src/backend/start.ts";
import type { Activation } from "../../../src/network/layers/bias_activation.ts";
import { ConvRelu } from "../../../src/network/layers/conv_relu.ts";
import { SeededRandom } from "../../random.ts";
import { largestError } from "../../tolerance.ts";
import { webgpuTest } from "../../webgpu.ts";
import { disposeWeights, runLayer } from "./layer_gradients.ts";
import {
  convolutionGradients,
  convolve,
  outputSize,
  type PlainConvolution,
} from "./plain_convolution.ts";

/** tfjs' own kernels need no test of ours beyond what they are asked to do. */
const SHAPES = { ours: 30, builtin: 6 };
const ACTIVATIONS: Activation[] = ["relu", "linear", "tanh"];

for (const kernels of ["ours", "builtin"] as const) {
  const name = `ConvRelu and its gradients equal plain loops, kernels ${kernels}`;
  Deno.test(`${name}, on wasm`, () => checkShapes("wasm", kernels));
  webgpuTest(`${name}, on webgpu`, () => checkShapes("webgpu", kernels));
}

Deno.test("ConvRelu has the weights and the output shape of tf.layers.conv2d", async () => {
  await startBackend("wasm");
  const config = { name: "conv", filters: 5, kernelSize: 3, strides: 2 };
  const kernelInitializer = tf.initializers.glorotUniform({ seed: 1 });
  const layers = [
    new ConvRelu({ ...config, kernelInitializer }),
    tf.layers.conv2d({ ...config, padding: "same", activation: "relu", kernelInitializer }),
  ];
  const input = tf.input({ shape: [null, 7, 3] });
  const [ours, theirs] = layers.map((layer) => {
    const { shape } = layer.apply(input) as tf.SymbolicTensor;
    const weights = layer.weights.map((weight) => [weight.originalName, weight.shape]);
    return { shape, weights };
  });
  assertEquals(ours, theirs);
  assertEquals(layers[0]!.computeOutputShape([2, 5, 7, 3]), [2, 3, 4, 5]);
  layers.forEach((layer) => layer.dispose());
});

async function checkShapes(backend: "wasm" | "webgpu", kernels: KernelChoice): Promise<void> {
  const device = await startBackend(backend, { kernels });
  const random = new SeededRandom(5);
  for (let i = 0; i < SHAPES[kernels]; i++) {
    const sizes = randomSizes(random, i);
    await checkOne(sizes, { activation: ACTIVATIONS[i % 3]!, random });
  }
  device.check();
}

function randomSizes(random: SeededRandom, i: number): PlainConvolution {
  return {
    images: i % 10 === 9 ? 17 : random.integer(1, 2),
    height: random.integer(1, 7),
    width: random.integer(1, 7),
    channels: i % 3 === 0 ? 1 : random.integer(1, 8),
    filters: i % 4 === 0 ? 1 : random.integer(1, 8),
    kernelSize: random.integer(0, 1) === 0 ? 1 : 3,
    strides: random.integer(1, 2),
    dilation: 1,
  };
}

async function checkOne(
  sizes: PlainConvolution,
  { activation, random }: { activation: Activation; random: SeededRandom },
): Promise<void> {
  const { images, height, width, channels, filters, kernelSize, strides, dilation } = sizes;
  const shape = [images, height, width, channels] as const;
  const x = random.values(images * height * width * channels);
  const kernel = random.values(kernelSize ** 2 * channels * filters);
  const bias = random.values(filters);
  const dy = random.values(outputSize(sizes));
  const layer = new ConvRelu({
    ...{ name: "conv", filters, kernelSize, strides, dilation, activation },
    kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
  });
  const input = tf.tensor4d(x, [...shape]);
  layer.build([...shape]);
  const weights = [tf.tensor(kernel, layer.weights[0]!.shape as number[]), tf.tensor(bias)];
  layer.setWeights(weights);
  const { output, gradients } = runLayer(layer, { input, dy });

  const sums = convolve(x, kernel, sizes);
  const y = sums.map((sum, at) => activate(sum + bias[at % filters]!, activation));
  const dSums = y.map((value, at) => dy[at]! * slope(value, activation));
  const { dx, dKernel } = convolutionGradients({ x, kernel, dy: dSums }, sizes);
  const dBias = new Float64Array(filters);
  dSums.forEach((value, at) => dBias[at % filters]! += value);
  const expected = [y, dx, dKernel, dBias];
  for (const [i, tensor] of [output, ...gradients].entries()) {
    const error = largestError(await tensor.data(), expected[i]!);
    assert(error < 1e-5, `${i} of ${JSON.stringify(sizes)} ${activation} is off by ${error}`);
  }
  tf.dispose([input, output, ...weights, ...gradients]);
  disposeWeights(layer);
}

function activate(sum: number, activation: Activation): number {
  if (activation === "relu") return Math.max(sum, 0);
  return activation === "tanh" ? Math.tanh(sum) : sum;
}

function slope(y: number, activation: Activation): number {
  if (activation === "relu") return y > 0 ? 1 : 0;
  return activation === "tanh" ? 1 - y * y : 1;
}
