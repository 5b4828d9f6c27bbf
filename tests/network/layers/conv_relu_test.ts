import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { type KernelChoice, startBackend } from "../../../src/backend/start.ts";
import type { Activation } from "../../../src/network/layers/bias_activation.ts";
import { ConvRelu } from "../../../src/network/layers/conv_relu.ts";
import {
  type PlainConvolution,
  plainFilterGradient,
  plainForward,
  plainInputGradient,
} from "../../backend/plain_convolution.ts";
import { SeededRandom } from "../../random.ts";
import { largestError } from "../../tolerance.ts";
import { webgpuTest } from "../../webgpu.ts";
import { disposeWeights, runLayer } from "./layer_gradients.ts";
/** tfjs' own kernels need no test of ours beyond what they are asked to do. */
const SHAPES = { ours: 30, builtin: 6 };
const ACTIVATIONS: Activation[] = ["relu", "linear", "tanh"];

for (const kernels of ["ours", "builtin"] as const) {
  const name = `ConvRelu and its gradients equal plain loops, kernels ${kernels}`;
  Deno.test(`${name}, on wasm`, () => checkShapes("wasm", kernels));
  webgpuTest(`${name}, on webgpu`, () => checkShapes("webgpu", kernels));
}

for (const backend of ["wasm", "webgpu"] as const) {
  const register = backend === "wasm" ? Deno.test : webgpuTest;
  register(`ConvRelu does not hide NaN on ${backend}`, async () => {
    await startBackend(backend);
    for (const activation of ACTIVATIONS) {
      const kernelInitializer = tf.initializers.glorotUniform({ seed: 1 });
      const layer = new ConvRelu({ name: "conv", filters: 4, activation, kernelInitializer });
      const output = tf.tidy(() => layer.apply(tf.fill([1, 3, 3, 2], NaN)) as tf.Tensor);
      assert((await output.data()).every(Number.isNaN), activation);
      output.dispose();
      layer.dispose();
    }
  });
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
    // tfjs' own gradients know no dilation.
    const most = kernels === "ours" ? 2 : 1;
    const sizes = { ...randomSizes(random, i), activation: ACTIVATIONS[i % 3]! };
    const dilation = sizes.strides === 1 ? random.integer(1, most) : 1;
    await checkOne({ ...sizes, dilation }, random);
  }
  device.check();
}

/** What a layer is tried on. */
interface Sizes {
  shape: [images: number, height: number, width: number, channels: number];
  filters: number;
  kernelSize: number;
  strides: number;
  dilation: number;
  activation: Activation;
}

function randomSizes(random: SeededRandom, i: number): Omit<Sizes, "dilation" | "activation"> {
  const images = i % 10 === 9 ? 17 : random.integer(1, 2);
  const channels = i % 3 === 0 ? 1 : random.integer(1, 8);
  return {
    shape: [images, random.integer(1, 7), random.integer(1, 7), channels],
    filters: i % 4 === 0 ? 1 : random.integer(1, 8),
    kernelSize: random.integer(0, 1) === 0 ? 1 : 3,
    strides: random.integer(1, 2),
  };
}

async function checkOne({ shape, ...config }: Sizes, random: SeededRandom): Promise<void> {
  const { filters, kernelSize } = config;
  const kernelInitializer = tf.initializers.glorotUniform({ seed: 1 });
  const layer = new ConvRelu({ name: "conv", kernelInitializer, ...config });
  layer.build(shape);
  const kernel = random.values(kernelSize ** 2 * shape[3] * filters);
  const bias = random.values(filters);
  const weights = [tf.tensor(kernel, [kernelSize, kernelSize, shape[3], filters]), tf.tensor(bias)];
  layer.setWeights(weights);
  const x = random.values(volume(shape));
  const input = tf.tensor4d(x, shape);
  const dy = random.values(volume(layer.computeOutputShape(shape) as number[]));
  const { output, gradients } = runLayer(layer, { input, dy });
  const expected = plainConvRelu({ x, kernel, bias, dy }, { shape, ...config });
  for (const [i, tensor] of [output, ...gradients].entries()) {
    const error = largestError(await tensor.data(), expected[i]!);
    assert(error < 1e-5, `${i} of [${shape}] ${JSON.stringify(config)} is off by ${error}`);
  }
  tf.dispose([input, output, ...weights, ...gradients]);
  disposeWeights(layer);
}

/** y and gradients of x, kernel and bias. */
function plainConvRelu(
  { x, kernel, bias, dy }: Record<"x" | "kernel" | "bias" | "dy", Float32Array>,
  { shape, filters, kernelSize, strides, dilation, activation }: Sizes,
): Float64Array[] {
  const convolution: PlainConvolution = {
    inputShape: shape,
    kernelShape: [kernelSize, kernelSize, shape[3], filters],
    strides: [strides, strides],
    dilations: [dilation, dilation],
    pad: "same",
  };
  const sums = plainForward(convolution, { input: x, kernel });
  const y = sums.map((sum, at) => activate(sum + bias[at % filters]!, activation));
  const dSums = Float32Array.from(y, (value, at) => dy[at]! * slope(value, activation));
  const dBias = new Float64Array(filters);
  dSums.forEach((value, at) => dBias[at % filters]! += value);
  return [
    y,
    plainInputGradient(convolution, { dy: dSums, kernel }),
    plainFilterGradient(convolution, { input: x, dy: dSums }),
    dBias,
  ];
}

function volume(shape: number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

function activate(sum: number, activation: Activation): number {
  if (activation === "relu") return Math.max(sum, 0);
  return activation === "tanh" ? Math.tanh(sum) : sum;
}

function slope(y: number, activation: Activation): number {
  if (activation === "relu") return y > 0 ? 1 : 0;
  return activation === "tanh" ? 1 - y * y : 1;
}
