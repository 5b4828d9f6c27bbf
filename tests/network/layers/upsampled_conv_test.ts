import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { type KernelChoice, startBackend } from "../../../src/backend/start.ts";
import { UpsampledConv2d } from "../../../src/network/layers/upsampled_conv.ts";
import {
  type PlainConvolution,
  plainFilterGradient,
  plainForward,
  plainInputGradient,
} from "../../backend/plain_convolution.ts";
import { SeededRandom } from "../../random.ts";
import { largestError, relativeError } from "../../tolerance.ts";
import { webgpuTest } from "../../webgpu.ts";
import { disposeWeights, runLayer } from "./layer_gradients.ts";

Deno.test("UpsampledConv2d equals upsampling, convolution, bias and ReLU one after the other", async () => {
  await startBackend("wasm");
  for (const [height, width, channels, filters] of [[4, 4, 3, 5], [1, 7, 2, 1], [5, 3, 1, 4]]) {
    const random = new SeededRandom(11);
    const kernelInitializer = tf.initializers.glorotUniform({ seed: 1 });
    const layer = new UpsampledConv2d({ name: "up", filters: filters!, kernelInitializer });
    const features = tf.tensor4d(random.values(2 * height! * width! * channels!), [
      ...[2, height!, width!, channels!] as const,
    ]);
    const output = layer.apply(features) as tf.Tensor;
    const bias = tf.tensor1d(random.values(filters!));
    layer.setWeights([layer.getWeights()[0]!, bias]);
    const predicted = layer.apply(features) as tf.Tensor;
    const expected = tf.tidy(() => {
      const size: [number, number] = [2 * height!, 2 * width!];
      const upsampled = tf.image.resizeNearestNeighbor(features, size);
      const sums = tf.conv2d(upsampled, layer.getWeights()[0] as tf.Tensor4D, 1, "same");
      return tf.relu(tf.add(sums, bias));
    });
    assertEquals(predicted.shape, expected.shape);
    const error = relativeError(await predicted.data(), await expected.data());
    assert(error < 1e-5, `${height}x${width}x${channels} is off by ${error}`);
    tf.dispose([features, output, bias, predicted, expected]);
    layer.dispose();
  }
});

for (const kernels of ["ours", "builtin"] as const) {
  const name = `UpsampledConv2d and its gradients equal plain loops, kernels ${kernels}`;
  Deno.test(`${name}, on wasm`, () => checkShapes("wasm", kernels));
  webgpuTest(`${name}, on webgpu`, () => checkShapes("webgpu", kernels));
}

async function checkShapes(backend: "wasm" | "webgpu", kernels: KernelChoice): Promise<void> {
  const device = await startBackend(backend, { kernels });
  const random = new SeededRandom(19);
  // tfjs' own kernels need no test of ours beyond what they are asked to do.
  for (let i = 0; i < (kernels === "ours" ? 30 : 4); i++) {
    await checkOne({
      images: i % 10 === 9 ? 17 : random.integer(1, 2),
      height: random.integer(1, 5),
      width: random.integer(1, 5),
      channels: i % 3 === 0 ? 1 : random.integer(1, 6),
      filters: i % 4 === 0 ? 1 : random.integer(1, 6),
    }, random);
  }
  device.check();
}

type Sizes = Record<"images" | "height" | "width" | "channels" | "filters", number>;

async function checkOne(sizes: Sizes, random: SeededRandom): Promise<void> {
  const { images, height, width, channels, filters } = sizes;
  const kernelInitializer = tf.initializers.glorotUniform({ seed: 1 });
  const layer = new UpsampledConv2d({ name: "up", filters, kernelInitializer });
  const shape: [number, number, number, number] = [images, height, width, channels];
  layer.build(shape);
  const kernel = random.values(9 * channels * filters);
  const bias = random.values(filters);
  const weights = [tf.tensor4d(kernel, [3, 3, channels, filters]), tf.tensor1d(bias)];
  layer.setWeights(weights);
  const x = random.values(images * height * width * channels);
  const dy = random.values(4 * images * height * width * filters);
  const input = tf.tensor4d(x, shape);
  const { output, gradients } = runLayer(layer, { input, dy });
  const expected = plainUpsampledConv({ x, kernel, bias, dy }, sizes);
  for (const [i, tensor] of [output, ...gradients].entries()) {
    const error = largestError(await tensor.data(), expected[i]!);
    assert(error < 1e-5, `${i} of ${JSON.stringify(sizes)} is off by ${error}`);
  }
  tf.dispose([input, output, ...weights, ...gradients]);
  disposeWeights(layer);
}

/** Upsampling, convolution, bias and ReLU: y and gradients of x, kernel and bias. */
function plainUpsampledConv(
  { x, kernel, bias, dy }: Record<"x" | "kernel" | "bias" | "dy", Float32Array>,
  { images, height, width, channels, filters }: Sizes,
): Float64Array[] {
  const large = { height: 2 * height, width: 2 * width };
  const convolution: PlainConvolution = {
    inputShape: [images, large.height, large.width, channels],
    kernelShape: [3, 3, channels, filters],
    strides: [1, 1],
    dilations: [1, 1],
    pad: "same",
  };
  /** Where the value at a place of the upsampled features comes from. */
  const sourceOf = (at: number) => {
    const [row, column] = [Math.floor(at / (large.width * channels)), at / channels % large.width];
    const line = Math.floor(row / large.height) * height + Math.floor(row % large.height / 2);
    return (line * width + Math.floor(column / 2)) * channels + at % channels;
  };
  const upsampled = Float32Array.from({ length: 4 * x.length }, (_, at) => x[sourceOf(at)]!);
  const sums = plainForward(convolution, { input: upsampled, kernel });
  const y = sums.map((sum, at) => Math.max(sum + bias[at % filters]!, 0));
  const dSums = dy.map((slope, at) => y[at]! > 0 ? slope : 0);
  const [dx, dBias] = [new Float64Array(x.length), new Float64Array(filters)];
  plainInputGradient(convolution, { dy: dSums, kernel })
    .forEach((value, at) => dx[sourceOf(at)]! += value);
  dSums.forEach((value, at) => dBias[at % filters]! += value);
  return [y, dx, plainFilterGradient(convolution, { input: upsampled, dy: dSums }), dBias];
}
