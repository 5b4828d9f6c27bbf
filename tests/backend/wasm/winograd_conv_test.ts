/** Convolutions that are large enough for fewer products, against plain loops in double precision. */
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { convolutionGeometry } from "../../../src/backend/wasm/convolution_geometry.ts";
import { isWinograd } from "../../../src/backend/wasm/winograd_conv.ts";
import { SeededRandom } from "../../random.ts";
import { largestError } from "../../tolerance.ts";
import {
  type PlainConvolution,
  plainFilterGradient,
  plainForward,
  plainInputGradient,
} from "../plain_convolution.ts";

const SHAPES = 30;
const ATTRIBUTES = { strides: [1, 1], pad: "same", dataFormat: "NHWC", dilations: [1, 1] };

Deno.test("3x3 convolutions on wasm and their gradients equal plain loops over 30 shapes", async () => {
  await startBackend("wasm");
  const random = new SeededRandom(3);
  for (let i = 0; i < SHAPES; i++) {
    const images = [1, 2, 17][i % 3]!;
    const side = images === 1 ? 23 : images === 2 ? 15 : 5;
    const [rows, columns] = [random.integer(side, side + 3), random.integer(side, side + 3)];
    await compare(
      [images, rows, columns, 4 * random.integer(8, 10)],
      4 * random.integer(8, 10),
      random,
    );
  }
});

Deno.test("3x3 convolutions on wasm equal plain loops where lines of tiles fill several bands", async () => {
  await startBackend("wasm");
  // A band holds 4 MiB of 16 planes: 10 lines of these, of 12.
  await compare([1, 23, 199, 32], 32, new SeededRandom(5));
});

Deno.test("isWinograd() refuses what the transforms are not made for", () => {
  const holds = (input: number[], kernel: number[], change: object) =>
    isWinograd(
      convolutionGeometry({ input, kernel }, { strides: 1, pad: "same", ...change }),
      { training: true },
    );
  const [input, kernel] = [[4, 16, 16, 32], [3, 3, 32, 32]];
  assert(holds(input, kernel, {}));
  assertEquals(holds(input, kernel, { strides: 2 }), false);
  assertEquals(holds(input, kernel, { dilations: 2 }), false);
  assertEquals(holds(input, kernel, { pad: "valid" }), false);
  assertEquals(holds(input, [5, 5, 32, 32], {}), false);
  assertEquals(holds(input, [3, 3, 32, 34], {}), false);
});

Deno.test("isWinograd() asks for the size of one picture in inference, of a batch in training", () => {
  const holds = (images: number, side: number, training: boolean) => {
    const shapes = { input: [images, side, side, 32], kernel: [3, 3, 32, 32] };
    return isWinograd(convolutionGeometry(shapes, { strides: 1, pad: "same" }), { training });
  };
  for (const images of [1, 2, 15, 16, 30, 64]) {
    assertEquals([holds(images, 4, false), holds(images, 2, false)], [true, false]);
  }
  assertEquals([holds(16, 6, true), holds(16, 4, true), holds(32, 4, true)], [true, false, true]);
});

async function compare(
  inputShape: [number, number, number, number],
  filters: number,
  random: SeededRandom,
): Promise<void> {
  const [images, rows, columns, channels] = inputShape;
  const draw = (...shape: number[]): [Float32Array, tf.Tensor] => {
    const values = random.values(shape.reduce((product, side) => product * side, 1));
    return [values, tf.tensor(values, shape)];
  };
  const before = tf.memory();
  const [input, x] = draw(...inputShape);
  const [kernel, filter] = draw(3, 3, channels, filters);
  const [shifts, bias] = draw(filters);
  const [slopes, dy] = draw(images, rows, columns, filters);
  const run = (name: string, inputs: Record<string, tf.Tensor>, more: object) =>
    tf.engine().runKernel(name, inputs, { ...ATTRIBUTES, ...more }) as tf.Tensor;
  const results = [
    run("Conv2D", { x, filter }, {}),
    run("FusedConv2D", { x, filter, bias }, { activation: "relu" }),
    run("Conv2DBackpropInput", { dy, filter }, { inputShape }),
    run("Conv2DBackpropFilter", { x, dy }, { filterShape: [3, 3, channels, filters] }),
  ];
  const expected = plain(inputShape, filters, { input, kernel, shifts, slopes });
  for (const [i, values] of expected.entries()) {
    const error = largestError(await results[i]!.data(), values);
    assert(error < 5e-6, `${i} of ${[...inputShape, filters]} is off by ${error}`);
  }
  tf.dispose([x, filter, bias, dy, results]);
  assertEquals(tf.memory().numDataBuffers, before.numDataBuffers);
  assertEquals(tf.memory().numTensors, before.numTensors);
}

/** What the four kernels of `compare` give. */
function plain(
  inputShape: [number, number, number, number],
  filters: number,
  { input, kernel, shifts, slopes }: Record<"input" | "kernel" | "shifts" | "slopes", Float32Array>,
): Float64Array[] {
  const convolution: PlainConvolution = {
    inputShape,
    kernelShape: [3, 3, inputShape[3], filters],
    strides: [1, 1],
    dilations: [1, 1],
    pad: "same",
  };
  const sums = plainForward(convolution, { input, kernel });
  return [
    sums,
    sums.map((sum, i) => Math.max(0, sum + shifts[i % filters]!)),
    plainInputGradient(convolution, { dy: slopes, kernel }),
    plainFilterGradient(convolution, { input, dy: slopes }),
  ];
}
