import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { Adam } from "../../src/train/adam.ts";
import { SeededRandom } from "../random.ts";
import { relativeError } from "../tolerance.ts";
import { webgpuTest } from "../webgpu.ts";

const SHAPES = [[3, 3, 2, 4], [4], [1]];
const STEPS = 50;
const LEARNING_RATE = 0.01;

/** Runs of PyTorch: tests/fixtures/adam.py. */
interface FixtureCase {
  weightDecay: number;
  clipNorm: number | null;
  emaDecay: number | null;
  /** After all steps, flat. */
  weights: number[][];
  averages?: number[][];
}

const FIXTURE: {
  shapes: number[][];
  steps: number;
  learningRate: number;
  cases: FixtureCase[];
} = JSON.parse(await Deno.readTextFile(new URL("../fixtures/adam.json", import.meta.url)));

for (const backend of ["wasm", "webgpu"] as const) {
  const test = backend === "webgpu" ? webgpuTest : Deno.test;
  test(`Adam takes the steps of tf.train.adam, to 1e-5 over 50 steps, on ${backend}`, async () => {
    await checkLikeBuiltIn(backend);
  });
  for (const made of FIXTURE.cases) {
    const { weightDecay, clipNorm, emaDecay } = made;
    const settings = `decay ${weightDecay}, clipping ${clipNorm}, averages ${emaDecay}`;
    test(`Adam agrees with PyTorch on ${backend}: ${settings}`, async () => {
      await checkLikePytorch(made, backend);
    });
  }
  test(`withAverages() puts averages in and the weights back, on ${backend}`, async () => {
    await checkSwap(backend);
  });
}

async function checkLikeBuiltIn(backend: "wasm" | "webgpu"): Promise<void> {
  const device = await startBackend(backend);
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
  device.check();
  adam.dispose();
  reference.dispose();
  tf.dispose([...ours, ...theirs]);
}

async function checkLikePytorch(
  { weights, averages, ...options }: FixtureCase,
  backend: "wasm" | "webgpu",
): Promise<void> {
  const device = await startBackend(backend);
  const variables = waves(0).map((wave) => tf.tidy(() => tf.variable(wave)));
  const adam = new Adam(variables, { learningRate: FIXTURE.learningRate, ...options });
  for (let step = 1; step <= FIXTURE.steps; step++) {
    const gradients = waves(step);
    adam.step(gradients);
    tf.dispose(gradients);
  }
  for (const [i, variable] of variables.entries()) {
    const error = relativeError(await variable.data(), weights[i]!);
    assert(error < 1e-5, `weight ${i} is off by ${error}`);
    if (!averages) continue;
    const averageError = relativeError(await adam.averages.get(variable)!.data(), averages[i]!);
    assert(averageError < 1e-5, `average ${i} is off by ${averageError}`);
  }
  assertEquals(adam.averages.size, averages ? variables.length : 0);
  device.check();
  adam.dispose();
  tf.dispose(variables);
}

async function checkSwap(backend: "wasm" | "webgpu"): Promise<void> {
  const device = await startBackend(backend);
  const [variables, [statistic]] = [makeVariables(), makeVariables()];
  const before = tf.memory().numTensors;
  const options = { learningRate: LEARNING_RATE, emaDecay: 0.9, statistics: [statistic!] };
  const adam = new Adam(variables, options);
  const gradients = makeGradients(0);
  tf.tidy(() => statistic!.assign(tf.onesLike(statistic!)));
  adam.step(gradients);
  const all = [...variables, statistic!];
  const [weights, averages] = [await read(all), await read([...adam.averages.values()])];
  assert(weights.every((values, i) => values[0] !== averages[i]![0]));
  // (1 + 1) / (10 + 1) of the first value stays after the first step.
  const [first] = await read([makeVariables()[0]!]);
  assert(relativeError(averages.at(-1)!, first!.map((value) => (2 * value + 9) / 11)) < 1e-6);
  assertEquals(await adam.withAverages(() => read(all)), averages);
  assertEquals(await read(all), weights);
  const failing = () => adam.withAverages(() => Promise.resolve(adam.step(gradients)));
  await assertRejects(failing, Error, "the weights must be in place, got their averages");
  assertEquals(await read(all), weights);
  adam.step(gradients); // in place again, apart from the averages
  assert((await read(all)).every((values, i) => i === 3 || values[0] !== weights[i]![0]));
  tf.dispose(gradients);
  adam.dispose();
  assertEquals(tf.memory().numTensors, before + SHAPES.length); // the variables made above
  device.check();
}

Deno.test("Adam takes the learning rate of each step, from step 0", async () => {
  await startBackend("wasm");
  const variable = tf.variable(tf.tensor1d([1]));
  const adam = new Adam([variable], { learningRate: (step) => [0, 0.25][step]! });
  const gradient = tf.tensor1d([3]);
  adam.step([gradient]);
  assertEquals([...await variable.data()], [1]);
  adam.step([gradient]);
  assert(Math.abs((await variable.data())[0]! - 0.75) < 1e-6);
  adam.dispose();
  tf.dispose([variable, gradient]);
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

/** Gradients of step 1, 2, .., and weights at step 0, as the fixture's script makes them. */
function waves(step: number): tf.Tensor[] {
  return FIXTURE.shapes.map((shape, weight) => {
    const wave = (i: number) => Math.sin(0.7 * i + 1.3 * step + weight) * 10 ** -(i % 5);
    return tf.tensor(
      Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => wave(i)),
      shape,
    );
  });
}

async function read(tensors: tf.Tensor[]): Promise<Float32Array[]> {
  return await Promise.all(
    tensors.map(async (tensor) => (await tensor.data()).slice() as Float32Array),
  );
}
