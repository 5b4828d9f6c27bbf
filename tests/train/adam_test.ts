import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { Adam } from "../../src/train/adam.ts";
import { SeededRandom } from "../random.ts";
import { relativeError } from "../tolerance.ts";

const SHAPES = [[3, 3, 2, 4], [4], [1]];
const STEPS = 50;
const LEARNING_RATE = 0.01;

Deno.test("Adam takes the steps of tf.train.adam, to 1e-5 over 50 steps", async () => {
  await startBackend("wasm");
  const [ours, theirs] = [makeVariables(), makeVariables()];
  const adam = new Adam(ours, { learningRate: LEARNING_RATE });
  const reference = tf.train.adam(LEARNING_RATE, 0.9, 0.999, 1e-7);
  for (let step = 0; step < STEPS; step++) {
    const gradients = makeGradients(step);
    adam.step(gradients);
    reference.applyGradients(
      theirs.map(({ name }, i) => ({ name, tensor: gradients[i]! })),
    );
    tf.dispose(gradients);
  }
  assertEquals(adam.steps, STEPS);
  for (const [i, variable] of ours.entries()) {
    const error = relativeError(await variable.data(), await theirs[i]!.data());
    assert(error < 1e-5, `variable ${i} is off by ${error}`);
  }
  adam.dispose();
  reference.dispose();
  tf.dispose([...ours, ...theirs]);
});

Deno.test("Adam keeps two moments a variable, and nothing after dispose()", async () => {
  await startBackend("wasm");
  const variables = makeVariables();
  const before = tf.memory().numTensors;
  const adam = new Adam(variables, { learningRate: LEARNING_RATE });
  const gradients = makeGradients(0);
  adam.step(gradients);
  tf.dispose(gradients);
  assertEquals(tf.memory().numTensors, before + 2 * SHAPES.length);
  adam.dispose();
  assertEquals(tf.memory().numTensors, before);
  tf.dispose(variables);
});

Deno.test("Adam moves no weight whose gradient is zero", async () => {
  await startBackend("wasm");
  const variable = tf.variable(tf.tensor1d([0.5, -0.25]));
  const adam = new Adam([variable], { learningRate: LEARNING_RATE });
  const gradient = tf.tensor1d([0, 3]);
  adam.step([gradient]);
  const [still, moved] = await variable.data();
  assertEquals(still, 0.5);
  // The first step is the learning rate, whatever the gradient's size.
  assert(Math.abs(moved! + 0.25 + LEARNING_RATE) < 1e-6, String(moved));
  adam.dispose();
  tf.dispose([variable, gradient]);
});

function makeVariables(): tf.Variable[] {
  const random = new SeededRandom(1);
  return SHAPES.map((shape) =>
    tf.tidy(() => tf.variable(tf.tensor(random.values(tf.util.sizeFromShape(shape)), shape)))
  );
}

/** Gradients of sizes from 1e-6 to 1, of both signs. */
function makeGradients(step: number): tf.Tensor[] {
  const random = new SeededRandom(100 + step);
  return SHAPES.map((shape) => {
    const values = random.values(tf.util.sizeFromShape(shape));
    return tf.tensor(values.map((value, i) => value * 10 ** -(i % 7)), shape);
  });
}
