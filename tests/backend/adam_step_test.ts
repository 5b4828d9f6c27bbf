/** Kernel `AdamStep` on both devices, against plain loops in double precision. */
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { CLIP_EPSILON } from "../../src/backend/adam_step.ts";
import { type KernelChoice, startBackend } from "../../src/backend/start.ts";
import { SeededRandom } from "../random.ts";
import { relativeError } from "../tolerance.ts";
import { webgpuTest } from "../webgpu.ts";

const CASES = 36;
const NAMES = ["weight", "first", "second", "average"] as const;

for (const kernels of ["ours", "builtin"] as const) {
  Deno.test(`AdamStep is what plain loops compute on wasm, ${kernels}`, async () => {
    await checkCases("wasm", kernels);
  });
  webgpuTest(`AdamStep is what plain loops compute on webgpu, ${kernels}`, async () => {
    await checkCases("webgpu", kernels);
  });
}

Deno.test("AdamStep changes no tensor that shares data with a variable on wasm", async () => {
  await checkSharing("wasm");
});
webgpuTest("AdamStep changes no tensor that shares data with a variable on webgpu", async () => {
  await checkSharing("webgpu");
});

Deno.test("products and convolutions take the weights that AdamStep left, on wasm", async () => {
  await checkPacked("wasm");
});
webgpuTest("products and convolutions take the weights that AdamStep left, on webgpu", async () => {
  await checkPacked("webgpu");
});

interface Case {
  shape: number[];
  values: Record<typeof NAMES[number] | "gradient", Float32Array>;
  squaredNorm: number | undefined;
  keepsAverage: boolean;
  numbers: ReturnType<typeof makeNumbers>;
}

/** Shapes of 1 to 4 axes, the first of them larger than one row of workgroups. */
function makeCases(): Case[] {
  const random = new SeededRandom(11);
  return Array.from({ length: CASES }, (_, i) => {
    const axes = 1 + i % 4;
    const shape = i === 0 ? [70000] : Array.from({ length: axes }, () => random.integer(1, 9));
    const values = () => random.values(tf.util.sizeFromShape(shape));
    return {
      shape,
      values: {
        weight: values(),
        first: values(),
        second: values().map(Math.abs),
        average: values(),
        gradient: values().map((value, at) => value * 10 ** -(at % 7)),
      },
      squaredNorm: i % 3 === 0 ? undefined : random.next() * 4,
      keepsAverage: i % 2 === 0,
      numbers: makeNumbers(random),
    };
  });
}

function makeNumbers(random: SeededRandom) {
  return {
    stepSize: random.next() / 10,
    correction2: random.next(),
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-7,
    decay: random.next() / 10,
    clipNorm: random.next(),
    emaDecay: random.next(),
  };
}

async function checkCases(backend: "wasm" | "webgpu", kernels: KernelChoice): Promise<void> {
  const device = await startBackend(backend, { kernels });
  for (const made of makeCases()) {
    const before = tf.memory().numTensors;
    const variables = runStep(made);
    const expected = plainStep(made);
    for (const [i, variable] of variables.entries()) {
      const error = relativeError(await variable.data(), expected[i]!);
      assert(error < 1e-6, `${NAMES[i]} [${made.shape}] is off by ${error}`);
    }
    tf.dispose(variables);
    assertEquals(tf.memory().numTensors, before);
  }
  device.check();
}

/** Runs the kernel. @returns Weight, moments and average, if any. */
function runStep({ shape, values, squaredNorm, keepsAverage, numbers }: Case): tf.Variable[] {
  const variable = (name: typeof NAMES[number]) =>
    tf.tidy(() => tf.variable(tf.tensor(values[name], shape)));
  const inputs: tf.NamedTensorMap = { gradient: tf.tensor(values.gradient, shape) };
  const names = keepsAverage ? NAMES : NAMES.slice(0, 3);
  for (const name of names) inputs[name] = variable(name);
  if (squaredNorm !== undefined) inputs.squaredNorm = tf.tensor1d([squaredNorm]);
  tf.engine().runKernel("AdamStep", inputs, numbers);
  tf.dispose([inputs.gradient!, ...(inputs.squaredNorm ? [inputs.squaredNorm] : [])]);
  return names.map((name) => inputs[name] as tf.Variable);
}

function plainStep({ values, squaredNorm, numbers }: Case): number[][] {
  const { stepSize, correction2, beta1, beta2, epsilon, decay, clipNorm, emaDecay } = numbers;
  const norm = squaredNorm === undefined ? 0 : Math.sqrt(squaredNorm);
  const factor = norm > clipNorm ? clipNorm / (norm + CLIP_EPSILON) : 1;
  const expected: [number[], number[], number[], number[]] = [[], [], [], []];
  values.weight.forEach((weight, i) => {
    const slope = values.gradient[i]! * factor;
    const m = beta1 * values.first[i]! + (1 - beta1) * slope;
    const v = beta2 * values.second[i]! + (1 - beta2) * slope ** 2;
    const moved = weight * (1 - decay) - stepSize * m / (Math.sqrt(v / correction2) + epsilon);
    const average = emaDecay * values.average[i]! + (1 - emaDecay) * moved;
    [moved, m, v, average].forEach((value, at) => expected[at]!.push(value));
  });
  return expected;
}

/** Numbers of a step that moves each weight by 0.5, whatever its gradient. */
const HALF_A_STEP = {
  stepSize: 0.5,
  correction2: 1,
  beta1: 0,
  beta2: 0,
  epsilon: 0,
  decay: 0,
  clipNorm: 0,
  emaDecay: 0,
};

/** Moves a weight by -0.5. */
function step(weight: tf.Variable): void {
  const moment = () => tf.tidy(() => tf.variable(tf.zerosLike(weight)));
  const [first, second, gradient] = [moment(), moment(), tf.onesLike(weight)];
  tf.engine().runKernel("AdamStep", { weight, first, second, gradient }, HALF_A_STEP);
  tf.dispose([first, second, gradient]);
}

async function checkSharing(backend: "wasm" | "webgpu"): Promise<void> {
  const device = await startBackend(backend);
  const initial = tf.tensor2d([[1, 2], [3, 4]]);
  const weight = tf.variable(initial);
  const [clone, view] = [tf.clone(weight), tf.reshape(weight, [4])];
  step(weight);
  step(weight); // alone with its data now
  for (const other of [initial, clone, view]) assertEquals([...await other.data()], [1, 2, 3, 4]);
  assertEquals([...await weight.data()], [0, 1, 2, 3]);
  tf.dispose([initial, clone, view, weight]);
  device.check();
}

async function checkPacked(backend: "wasm" | "webgpu"): Promise<void> {
  const device = await startBackend(backend);
  // Alone with their data, which therefore change in place.
  const variable = (values: number[], shape: number[]) =>
    tf.tidy(() => tf.variable(tf.tensor(values, shape)));
  const weights = [[2, 2], [1, 1, 2, 2]].map((shape) => variable([1, 2, 3, 4], shape));
  const bias = variable([10, 20], [2]) as tf.Variable<tf.Rank.R1>;
  const places = [...weights, bias].map(({ dataId }) => dataId);
  const rows = tf.tensor2d([[1, 2], [-1, 1], [2, 0]]);
  const pixels = tf.tensor4d([1, 2, -1, 1, 2, 0], [1, 3, 1, 2]);
  const outputs = () => {
    const [matrix, filter] = weights as [tf.Variable<tf.Rank.R2>, tf.Variable<tf.Rank.R4>];
    const fused = { x: pixels, filter, strides: 1, pad: "same", bias } as const;
    return [tf.matMul(rows, matrix), tf.conv2d(pixels, filter, 1, "same"), tf.fused.conv2d(fused)];
  };
  tf.dispose(outputs()); // what a backend packs, it has packed now
  [...weights, bias].forEach(step);
  assertEquals([...weights, bias].map(({ dataId }) => dataId), places);
  const [product, convolution, biased] = outputs();
  const expected = [5.5, 8.5, 2, 2, 1, 3]; // of weights [[0.5, 1.5], [2.5, 3.5]]
  assertEquals([...await product!.data()], expected);
  assertEquals([...await convolution!.data()], expected);
  assertEquals([...await biased!.data()], expected.map((value, i) => value + 9.5 + 10 * (i % 2)));
  tf.dispose([...weights, bias, rows, pixels, product!, convolution!, biased!]);
  device.check();
}
