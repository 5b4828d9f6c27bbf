import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { hasDilation } from "../../src/backend/dilated_conv.ts";
import { type KernelChoice, startBackend } from "../../src/backend/start.ts";
import { SeededRandom } from "../random.ts";
import { relativeError } from "../tolerance.ts";
import { webgpuTest } from "../webgpu.ts";

/** Half the distance of the two points of a difference; the loss is quadratic, so it may be large. */
const STEP = 0.25;

type Padding = "same" | "valid" | number;
const CASES: { dilation: [number, number]; pad: Padding; kernel: [number, number] }[] = [
  { dilation: [2, 2], pad: "same", kernel: [3, 3] },
  { dilation: [3, 2], pad: "same", kernel: [2, 3] },
  { dilation: [2, 1], pad: "valid", kernel: [3, 2] },
  { dilation: [2, 2], pad: 3, kernel: [3, 3] },
];

for (const backend of ["wasm", "webgpu"] as const) {
  for (const kernels of ["ours", "builtin"] as const) {
    const register = backend === "wasm" ? Deno.test : webgpuTest;
    register(
      `dilated convolutions have the right gradient on ${backend} with ${kernels} kernels`,
      () => checkAll(backend, kernels),
    );
  }
}

async function checkAll(backend: "wasm" | "webgpu", kernels: KernelChoice): Promise<void> {
  for (const { dilation, pad, kernel } of CASES) {
    const random = new SeededRandom(5);
    const shapes = [[2, 7, 6, 2], [...kernel, 2, 3]] as [number[], number[]];
    const values = shapes.map((shape) => random.values(shape.reduce((a, b) => a * b, 1)));
    const loss = (x: tf.Tensor, filter: tf.Tensor) =>
      tf.sum(tf.square(
        tf.conv2d(
          ...[x as tf.Tensor4D, filter as tf.Tensor4D, 1, pad, "NHWC", dilation] as const,
          typeof pad === "number" ? "floor" : undefined,
        ),
      )) as tf.Scalar;
    const expected = await differences(values, { shapes, loss });
    const device = await startBackend(backend, { kernels });
    const tensors = shapes.map((shape, i) => tf.tensor(values[i]!, shape));
    const gradients = tf.grads(loss)(tensors);
    for (const [i, gradient] of gradients.entries()) {
      const error = relativeError(await gradient.data(), expected[i]!);
      assert(error < 1e-3, `dilation ${dilation}, ${pad}: gradient ${i} is off by ${error}`);
    }
    tf.dispose([...tensors, ...gradients]);
    device.check();
    device.stop();
  }
}

/** Central differences of the loss, on WASM: hundreds of reads are slow on a GPU. */
async function differences(
  values: Float32Array[],
  { shapes, loss }: {
    shapes: [number[], number[]];
    loss: (x: tf.Tensor, filter: tf.Tensor) => tf.Scalar;
  },
): Promise<number[][]> {
  await startBackend("wasm");
  const lossAt = async (input: number, element: number, shift: number) => {
    const shifted = values.map((each) => each.slice());
    shifted[input]![element]! += shift;
    const result = tf.tidy(() =>
      loss(tf.tensor(shifted[0]!, shapes[0]), tf.tensor(shifted[1]!, shapes[1]))
    );
    const [value] = await result.data();
    result.dispose();
    return value!;
  };
  const all: number[][] = [];
  for (const [input, { length }] of values.entries()) {
    const slopes: number[] = [];
    for (let element = 0; element < length; element++) {
      const above = await lossAt(input, element, STEP);
      slopes.push((above - await lossAt(input, element, -STEP)) / (2 * STEP));
    }
    all.push(slopes);
  }
  return all;
}

Deno.test("tf.layers.conv2d trains with dilation where it has an activation", async () => {
  await startBackend("wasm");
  const gradientOf = (activation: "relu" | "linear") => {
    const layer = tf.layers.conv2d({ filters: 2, kernelSize: 3, dilationRate: 2, activation });
    layer.build([null, 7, 7, 1]);
    const input = tf.ones([1, 7, 7, 1]);
    return tf.variableGrads(() => tf.sum(layer.apply(input) as tf.Tensor) as tf.Scalar);
  };
  const shapes = Object.values(gradientOf("relu").grads).map(({ shape }) => shape);
  assertEquals(shapes, [[3, 3, 1, 2], [2]]);
  // What the module's comment warns of; when tfjs mends it, the comment can go.
  assertThrows(() => gradientOf("linear"), Error, "dilation");
});

Deno.test("hasDilation() takes numbers, pairs and nothing", () => {
  const answers = [1, 2, [1, 1], [1, 2], undefined].map((dilations) =>
    hasDilation({ attributes: { dilations } })
  );
  assertEquals(answers, [false, true, false, true, false]);
});
