/** The loss over ab bins and its gradient, against plain loops in double precision. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { chooseKernels, KERNEL_CHOICES, type KernelChoice } from "../../src/backend/own_kernels.ts";
import { startBackend } from "../../src/backend/start.ts";
import { checkBins, softCrossEntropy } from "../../src/train/soft_cross_entropy.ts";
import { SeededRandom } from "../random.ts";
import { relativeError } from "../tolerance.ts";
import { webgpuTest } from "../webgpu.ts";

/** Logits, targets and what they weigh; `classes` and `targets` are Q and K. */
interface Problem {
  shape: number[];
  classes: number;
  targets: number;
  logits: Float32Array;
  bins: Int32Array;
  weights: Float32Array;
}

const EDGE_SHAPES: [pixels: number[], classes: number, targets: number][] = [
  [[1], 1, 1],
  [[1], 2, 5],
  [[1, 1, 1], 313, 5],
  [[2, 3, 5], 313, 5],
  [[17, 1, 3], 64, 2],
  [[40000], 3, 1], // more pixels than workgroups go in one row
];
const RANDOM_SHAPES = 30;

for (const kernels of KERNEL_CHOICES) {
  const name = `softCrossEntropy() is that of a plain loop on`;
  Deno.test(`${name} wasm, kernels ${kernels}`, () => checkProblems("wasm", kernels));
  webgpuTest(`${name} webgpu, kernels ${kernels}`, () => checkProblems("webgpu", kernels));
}

Deno.test("softCrossEntropy() has the gradient of finite differences", async () => {
  await startBackend("wasm");
  const random = new SeededRandom(3);
  const problem = randomProblem(random, [[2, 3], 7, 4]);
  const { gradient } = await run(problem, 1);
  const half = 1e-4;
  const slopes = [...problem.logits].map((_, i) => {
    const lossAt = (shift: number) => {
      const logits = Float64Array.from(problem.logits);
      logits[i]! += shift;
      return expected({ ...problem, logits }, 1).loss;
    };
    return (lossAt(half) - lossAt(-half)) / (2 * half);
  });
  const error = relativeError(gradient, slopes);
  assert(error < 1e-5, `off by ${error}`);
});

for (
  const { name, check } of [
    { name: "stays exact for logits far apart, and repeated bins", check: checkExtremes },
    { name: "of a logit that is no number is no number", check: checkNoNumber },
  ]
) {
  Deno.test(`softCrossEntropy() ${name}, on wasm`, () => check("wasm"));
  webgpuTest(`softCrossEntropy() ${name}, on webgpu`, () => check("webgpu"));
}

Deno.test("softCrossEntropy() refuses what does not fit", async () => {
  await startBackend("wasm");
  const call = (bins: tf.Tensor, weights: tf.Tensor) => () =>
    tf.tidy(() => softCrossEntropy(tf.zeros([2, 3, 7]), { bins, weights }));
  const zeros = (shape: number[], dtype: "int32" | "float32" = "float32") => tf.zeros(shape, dtype);
  const cases: [() => unknown, string][] = [
    [
      call(zeros([3, 2, 5], "int32"), zeros([3, 2, 5])),
      "bins must have shape [2,3, K], got [3,2,5]",
    ],
    [call(zeros([6, 5], "int32"), zeros([6, 5])), "bins must have shape [2,3, K], got [6,5]"],
    [call(zeros([2, 3, 5], "int32"), zeros([2, 3, 4])), "the shape of bins, [2,3,5], got [2,3,4]"],
    [call(zeros([2, 3, 5]), zeros([2, 3, 5])), "bins must be int32, got float32"],
    [
      call(tf.fill([2, 3, 1], 7, "int32"), zeros([2, 3, 1])),
      "bins must be in 0..6, got 7",
    ],
  ];
  for (const [refused, message] of cases) assertThrows(refused, Error, message);
});

Deno.test("checkBins() names the first bin that is no class", () => {
  checkBins(new Int32Array([0, 312, 5]), { classes: 313 });
  const check = (...bins: number[]) => () => checkBins(new Int32Array(bins), { classes: 313 });
  const problem = "Cannot make soft targets: bin 1 must be in 0..312, got";
  assertThrows(check(0, 313), RangeError, `${problem} 313`);
  assertThrows(check(0, -1, 400), RangeError, `${problem} -1`);
});

async function checkExtremes(backend: "wasm" | "webgpu"): Promise<void> {
  const device = await startBackend(backend);
  const problem: Problem = {
    shape: [2],
    classes: 4,
    targets: 3,
    logits: new Float32Array([300, -200, 0, 299, 5, 5, 5, 5]),
    bins: new Int32Array([1, 1, 0, 3, 3, 3]),
    weights: new Float32Array([0.5, 0.25, 0.25, 0.5, 0.25, 0.25]),
  };
  assertClose(await run(problem, 0.5), expected(problem, 0.5), { name: backend });
  device.stop();
}

async function checkNoNumber(backend: "wasm" | "webgpu"): Promise<void> {
  const device = await startBackend(backend);
  const problem = randomProblem(new SeededRandom(5), [[3], 70, 2]);
  problem.logits[80] = NaN;
  assertEquals((await run(problem, 1)).loss, NaN);
  device.stop();
}

async function checkProblems(backend: "wasm" | "webgpu", kernels: KernelChoice): Promise<void> {
  const device = await startBackend(backend, { kernels });
  try {
    const random = new SeededRandom(11);
    const shapes = Array.from({ length: RANDOM_SHAPES }, (): typeof EDGE_SHAPES[number] => [
      Array.from({ length: random.integer(1, 3) }, () => random.integer(1, 9)),
      random.integer(1, 400),
      random.integer(1, 6),
    ]);
    for (const shape of [...EDGE_SHAPES, ...shapes]) {
      const problem = randomProblem(random, shape);
      const scale = random.next() - 0.5;
      const tensors = tf.memory().numTensors;
      // tfjs' own sum on WASM adds up in single precision.
      const tolerance = kernels === "ours" ? 1e-5 : 1e-4;
      const name = shape.join(" ");
      assertClose(await run(problem, scale), expected(problem, scale), { name, tolerance });
      assertEquals(tf.memory().numTensors, tensors, "tensors are left");
    }
    device.check();
  } finally {
    chooseKernels("ours");
    device.stop();
  }
}

function randomProblem(
  random: SeededRandom,
  [shape, classes, targets]: typeof EDGE_SHAPES[number],
): Problem {
  const pixels = shape.reduce((product, side) => product * side, 1);
  const weights = random.values(pixels * targets).map(Math.abs);
  for (let pixel = 0; pixel < pixels; pixel += 2) { // every other pixel's weights add up to 1
    const own = weights.subarray(pixel * targets, (pixel + 1) * targets);
    const total = own.reduce((sum, weight) => sum + weight, 0);
    own.forEach((weight, k) => own[k] = weight / total);
  }
  return {
    ...{ shape, classes, targets, weights },
    logits: random.values(pixels * classes).map((value) => 8 * value),
    bins: Int32Array.from(weights, () => random.integer(0, classes - 1)),
  };
}

/** Loss, and the gradient of `scale` times the loss. */
async function run({ shape, classes, targets, ...problem }: Problem, scale: number) {
  const logits = tf.tensor(problem.logits, [...shape, classes]);
  const bins = tf.tensor(problem.bins, [...shape, targets], "int32");
  const weights = tf.tensor(problem.weights, [...shape, targets]);
  const loss = tf.tidy(() => softCrossEntropy(logits, { bins, weights }));
  const gradient = tf.grad((scores: tf.Tensor) =>
    tf.mul(softCrossEntropy(scores, { bins, weights }), scale)
  )(logits);
  assertEquals([loss.shape, gradient.shape], [[], logits.shape]);
  const results = { loss: (await loss.data())[0]!, gradient: await gradient.data() };
  tf.dispose([logits, bins, weights, loss, gradient]);
  return results;
}

function expected(problem: Omit<Problem, "logits"> & { logits: ArrayLike<number> }, scale: number) {
  const { classes, targets, logits, bins, weights } = problem;
  const gradient = new Float64Array(logits.length);
  let loss = 0;
  for (let pixel = 0; pixel < bins.length / targets; pixel++) {
    const row = Array.from({ length: classes }, (_, c) => logits[pixel * classes + c]!);
    const largest = Math.max(...row);
    const sum = row.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    for (let k = pixel * targets; k < (pixel + 1) * targets; k++) {
      loss -= weights[k]! * (row[bins[k]!]! - largest - Math.log(sum));
      row.forEach((logit, c) => {
        const probability = Math.exp(logit - largest) / sum;
        const target = bins[k] === c ? 1 : 0;
        gradient[pixel * classes + c]! += scale * weights[k]! * (probability - target);
      });
    }
  }
  return { loss, gradient };
}

function assertClose(
  actual: { loss: number; gradient: ArrayLike<number> },
  wanted: { loss: number; gradient: ArrayLike<number> },
  { name, tolerance = 1e-5 }: { name: string; tolerance?: number },
): void {
  const lossError = Math.abs(actual.loss - wanted.loss) / (Math.abs(wanted.loss) + 1e-2);
  assert(lossError < tolerance, `${name}: loss is off by ${lossError}`);
  const error = relativeError(actual.gradient, wanted.gradient);
  assert(error < 5e-6, `${name}: gradient is off by ${error}`);
}
