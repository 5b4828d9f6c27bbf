/** The WASM convolution kernels against plain loops in double precision, over random shapes. */
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { SeededRandom } from "../../random.ts";
import { largestError } from "../../tolerance.ts";
import {
  outputShape,
  type PlainConvolution,
  plainFilterGradient,
  plainForward,
  plainInputGradient,
  randomConvolution,
} from "../plain_convolution.ts";

/** Runs a kernel on random tensors of many shapes; no tensor may be left over. */
async function check(
  { seed, shapes = 40 }: { seed: number; shapes?: number },
  compare: (convolution: PlainConvolution, random: SeededRandom) => Promise<number>,
): Promise<void> {
  await startBackend("wasm");
  const random = new SeededRandom(seed);
  for (let i = 0; i < shapes; i++) {
    const convolution = randomConvolution(random);
    const before = tf.memory();
    const error = await compare(convolution, random);
    assert(error < 2e-6, `${JSON.stringify(convolution)} is off by ${error}`);
    assertEquals(tf.memory().numTensors, before.numTensors);
    assertEquals(tf.memory().numDataBuffers, before.numDataBuffers);
  }
}

/** Draws a tensor, and its values. */
function draw(random: SeededRandom, shape: number[]): [Float32Array, tf.Tensor] {
  const values = random.values(shape.reduce((product, side) => product * side, 1));
  return [values, tf.tensor(values, shape)];
}

async function errorOf(
  kernelName: string,
  call: { inputs: Record<string, tf.Tensor>; attributes: Record<string, unknown> },
  expected: ArrayLike<number>,
): Promise<number> {
  const attributes = call.attributes as Parameters<ReturnType<typeof tf.engine>["runKernel"]>[2];
  const result = tf.engine().runKernel(kernelName, call.inputs, attributes) as tf.Tensor;
  const error = largestError(await result.data(), expected);
  tf.dispose([result, call.inputs]);
  return error;
}

function attributesOf({ strides, dilations, pad }: PlainConvolution) {
  return { strides, dilations, pad, dataFormat: "NHWC" };
}

Deno.test("Conv2D on wasm equals plain loops over 40 shapes", () =>
  check({ seed: 1 }, (convolution, random) => {
    const [input, x] = draw(random, convolution.inputShape);
    const [kernel, filter] = draw(random, convolution.kernelShape);
    const call = { inputs: { x, filter }, attributes: attributesOf(convolution) };
    return errorOf("Conv2D", call, plainForward(convolution, { input, kernel }));
  }));

Deno.test("FusedConv2D with bias and ReLU on wasm equals plain loops over 40 shapes", () =>
  check({ seed: 2 }, (convolution, random) => {
    const [input, x] = draw(random, convolution.inputShape);
    const [kernel, filter] = draw(random, convolution.kernelShape);
    const [shifts, bias] = draw(random, [convolution.kernelShape[3]]);
    const attributes = { ...attributesOf(convolution), activation: "relu" };
    const expected = plainForward(convolution, { input, kernel })
      .map((sum, i) => Math.max(0, sum + shifts[i % shifts.length]!));
    return errorOf("FusedConv2D", { inputs: { x, filter, bias }, attributes }, expected);
  }));

Deno.test("Conv2DBackpropInput on wasm equals plain loops over 40 shapes", () =>
  check({ seed: 3 }, (convolution, random) => {
    const [slopes, dy] = draw(random, outputShape(convolution));
    const [kernel, filter] = draw(random, convolution.kernelShape);
    const attributes = { ...attributesOf(convolution), inputShape: convolution.inputShape };
    const expected = plainInputGradient(convolution, { dy: slopes, kernel });
    return errorOf("Conv2DBackpropInput", { inputs: { dy, filter }, attributes }, expected);
  }));

Deno.test("Conv2DBackpropFilter on wasm equals plain loops over 40 shapes", () =>
  check({ seed: 4 }, (convolution, random) => {
    const [input, x] = draw(random, convolution.inputShape);
    const [slopes, dy] = draw(random, outputShape(convolution));
    const attributes = { ...attributesOf(convolution), filterShape: convolution.kernelShape };
    const expected = plainFilterGradient(convolution, { input, dy: slopes });
    return errorOf("Conv2DBackpropFilter", { inputs: { x, dy }, attributes }, expected);
  }));

Deno.test("convolutions on wasm agree with plain loops where positions fill many chunks", () =>
  check({ seed: 5, shapes: 2 }, async (_, random) => {
    const convolution: PlainConvolution = {
      inputShape: [3, random.integer(20, 30), random.integer(20, 30), 20],
      kernelShape: [3, 3, 20, 9],
      strides: [1, 1],
      dilations: [1, 1],
      pad: "same",
    };
    const [input, x] = draw(random, convolution.inputShape);
    const [kernel, filter] = draw(random, convolution.kernelShape);
    const [slopes, dy] = draw(random, outputShape(convolution));
    const attributes = { ...attributesOf(convolution), filterShape: convolution.kernelShape };
    return Math.max(
      await errorOf("Conv2D", {
        inputs: { x: x.clone(), filter },
        attributes,
      }, plainForward(convolution, { input, kernel })),
      await errorOf("Conv2DBackpropFilter", {
        inputs: { x, dy },
        attributes,
      }, plainFilterGradient(convolution, { input, dy: slopes })),
    );
  }));

Deno.test("FusedConv2D on wasm leaves other activations to tfjs", async () => {
  await startBackend("wasm");
  const x = tf.tensor4d([-3, 8], [1, 1, 2, 1]);
  const filter = tf.tensor4d([1], [1, 1, 1, 1]);
  const result = tf.fused.conv2d({ x, filter, strides: 1, pad: "same", activation: "relu6" });
  assertEquals([...await result.data()], [0, 6]);
  tf.dispose([x, filter, result]);
});
