import { assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { chooseKernels } from "../../../src/backend/own_kernels.ts";
import { startBackend } from "../../../src/backend/start.ts";
import { reverse } from "../../../src/backend/wasm/reverse.ts";
import { SeededRandom } from "../../random.ts";

Deno.test("tf.reverse() on wasm turns each axis around, of 1 to 5 axes", async () => {
  await startBackend("wasm");
  const random = new SeededRandom(6);
  for (let i = 0; i < 30; i++) {
    const shape = Array.from({ length: 1 + i % 5 }, () => random.integer(1, 6));
    const values = random.values(tf.util.sizeFromShape(shape));
    const x = tf.tensor(values, shape);
    for (let axis = 0; axis < shape.length; axis++) {
      const tensors = tf.memory().numTensors;
      const turned = tf.reverse(x, axis - (i % 2 ? shape.length : 0));
      assertEquals([turned.shape, tf.memory().numTensors], [shape, tensors + 1]);
      assertEquals(await turned.data(), turnedAround(values, shape, axis));
      turned.dispose();
    }
    x.dispose();
  }
});

Deno.test("tf.reverse() on wasm leaves whole numbers, several axes and empty tensors to tfjs", async () => {
  await startBackend("wasm");
  const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
  assertEquals(await tf.reverse(x).data(), Float32Array.of(6, 5, 4, 3, 2, 1));
  assertEquals(await tf.reverse(tf.cast(x, "int32"), 1).data(), Int32Array.of(3, 2, 1, 6, 5, 4));
  assertEquals(tf.reverse(tf.zeros([0, 3]), 1).shape, [0, 3]);
  for (const axis of [2, -3]) assertThrows(() => tf.reverse(x, axis), Error, "in range [-2, 2)");
});

Deno.test("tf.reverse() on wasm is our kernel, and gives what tfjs' gives", async () => {
  await startBackend("wasm");
  const x = tf.tensor(new SeededRandom(7).values(2 * 5 * 20), [2, 5, 20]);
  const turned = [0, 1, 2].map((axis) => [reverse(x, axis), tf.reverse(x, axis)] as const);
  chooseKernels("builtin");
  try {
    for (const [axis, ours] of turned.entries()) {
      const theirs = await tf.reverse(x, axis).data();
      for (const tensor of ours) assertEquals(await tensor.data(), theirs);
    }
  } finally {
    chooseKernels("ours");
  }
});

/** By where each value comes from. */
function turnedAround(values: Float32Array, shape: number[], axis: number): Float32Array {
  const strides = shape.map((_, i) => tf.util.sizeFromShape(shape.slice(i + 1)));
  return values.map((_, at) => {
    const place = Math.floor(at / strides[axis]!) % shape[axis]!;
    return values[at + (shape[axis]! - 1 - 2 * place) * strides[axis]!]!;
  });
}
