/** The WASM kernels of upsampled convolutions, which need channels that divide by 4. */
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { upsampledConv } from "../../../src/backend/wasm/upsampled_conv.ts";
import { SeededRandom } from "../../random.ts";
import { largestError } from "../../tolerance.ts";
import { plainFilterGradient, plainForward, plainInputGradient } from "../plain_convolution.ts";

const SHAPES = 36;

Deno.test("upsampled convolutions on wasm and their gradients equal plain loops over 36 shapes", async () => {
  await startBackend("wasm");
  const random = new SeededRandom(3);
  for (let i = 0; i < SHAPES; i++) {
    const images = i % 9 === 0 ? 17 : random.integer(1, 3);
    const [rows, columns] = [random.integer(1, 9), random.integer(1, 9)];
    const channels = 4 * random.integer(1, 6);
    await compare([images, rows, columns, channels], 4 * random.integer(1, 6), random);
  }
});

Deno.test("upsampled convolutions on wasm equal plain loops where rows fill several bands", async () => {
  await startBackend("wasm");
  const random = new SeededRandom(5);
  // A band holds 4 MiB of 9 planes: 14 rows of these.
  await compare([2, 10, 1000, 4], 4, random);
});

Deno.test("upsampledConv() leaves channels that do not divide by 4 to the composition", async () => {
  await startBackend("wasm");
  const [x, kernel, bias] = [tf.ones([1, 2, 2, 4]), tf.ones([3, 3, 4, 2]), tf.ones([2])];
  assertEquals(upsampledConv({ x, kernel, bias }), undefined);
  tf.dispose([x, kernel, bias]);
});

async function compare(
  shape: [number, number, number, number],
  filters: number,
  random: SeededRandom,
): Promise<void> {
  const [images, rows, columns, channels] = shape;
  const values = {
    x: random.values(images * rows * columns * channels),
    kernel: random.values(9 * channels * filters),
    bias: random.values(filters),
    dy: random.values(4 * images * rows * columns * filters),
  };
  const before = tf.memory();
  const x = tf.tensor(values.x, shape);
  const kernel = tf.tensor(values.kernel, [3, 3, channels, filters]);
  const bias = tf.tensor(values.bias, [filters]);
  const dy = tf.tensor(values.dy, [images, 2 * rows, 2 * columns, filters]);
  const run = (name: string, inputs: Record<string, tf.Tensor>) =>
    tf.engine().runKernel(name, inputs, {}) as tf.Tensor;
  const results = [
    run("UpsampledConv", { x, kernel, bias }),
    run("UpsampledConvInputGradient", { dy, kernel }),
    run("UpsampledConvFilterGradient", { x, dy }),
  ];
  for (const [i, expected] of plain(values, shape, filters).entries()) {
    const error = largestError(await results[i]!.data(), expected);
    assert(error < 5e-6, `${i} of ${[...shape, filters]} is off by ${error}`);
  }
  tf.dispose([x, kernel, bias, dy, results]);
  assertEquals(tf.memory().numDataBuffers, before.numDataBuffers);
  assertEquals(tf.memory().numTensors, before.numTensors);
}

/** y, and the gradients of input and kernel for the gradient dy of the sums before bias and ReLU. */
function plain(
  { x, kernel, bias, dy }: Record<"x" | "kernel" | "bias" | "dy", Float32Array>,
  [images, rows, columns, channels]: [number, number, number, number],
  filters: number,
): Float64Array[] {
  const sourceOf = (at: number) => {
    const pixel = Math.floor(at / channels);
    const row = Math.floor(Math.floor(pixel / (2 * columns)) / 2); // of all images
    return (row * columns + Math.floor(pixel % (2 * columns) / 2)) * channels + at % channels;
  };
  const input = Float32Array.from({ length: 4 * x.length }, (_, at) => x[sourceOf(at)]!);
  const convolution = {
    inputShape: [images, 2 * rows, 2 * columns, channels] as [number, number, number, number],
    kernelShape: [3, 3, channels, filters] as [number, number, number, number],
    strides: [1, 1] as [number, number],
    dilations: [1, 1] as [number, number],
    pad: "same" as const,
  };
  const y = plainForward(convolution, { input, kernel })
    .map((sum, at) => Math.max(0, sum + bias[at % filters]!));
  const dx = new Float64Array(x.length);
  plainInputGradient(convolution, { dy, kernel }).forEach((slope, at) =>
    dx[sourceOf(at)]! += slope
  );
  return [y, dx, plainFilterGradient(convolution, { input, dy })];
}
