import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { prepareSsim, ssim } from "../../src/eval/ssim.ts";
import { enlargeTwice, structuralLoss } from "../../src/train/structural_loss.ts";
import { SeededRandom } from "../random.ts";
import { largestError } from "../tolerance.ts";
import { webgpuTest } from "../webgpu.ts";

const [HEIGHT, WIDTH] = [14, 17];
const PIXELS = HEIGHT * WIDTH;

Deno.test("structuralLoss() is 1 - SSIM as it is measured, on wasm", () => compare("wasm"));
webgpuTest("structuralLoss() is 1 - SSIM as it is measured, on webgpu", () => compare("webgpu"));

Deno.test("the gradient of structuralLoss() is that of finite differences", async () => {
  await startBackend("wasm");
  const { planes, truth } = pictures();
  const gradient = tf.tidy(() => {
    const wanted = tf.tensor3d(truth, [3, HEIGHT, WIDTH]);
    const lossOf = (x: tf.Tensor) => structuralLoss(x as tf.Tensor3D, wanted);
    return tf.grad(lossOf)(tf.tensor3d(planes, [3, HEIGHT, WIDTH]));
  });
  const values = await gradient.data();
  const step = 1e-3;
  for (const at of [0, 7 * WIDTH + 8, PIXELS + 3 * WIDTH + 2, 3 * PIXELS - 1]) {
    const lossAt = (change: number) => {
      const moved = planes.slice();
      moved[at]! += change;
      return measuredLoss(moved, truth);
    };
    const expected = (lossAt(step) - lossAt(-step)) / (2 * step);
    assertAlmostEquals(values[at]!, expected, 2e-3 * Math.abs(expected) + 1e-5, `${at}`);
  }
  gradient.dispose();
});

Deno.test("structuralLoss() refuses what no window fits into, and other shapes", async () => {
  await startBackend("wasm");
  const planes = (height: number) => tf.zeros([3, height, 16]) as tf.Tensor3D;
  const refuse = (a: number, b: number, problem: string) =>
    tf.tidy(() => assertThrows(() => structuralLoss(planes(a), planes(b)), RangeError, problem));
  refuse(10, 10, "must be planes of 11x11 or more, got [3,10,16] and [3,10,16]");
  refuse(12, 13, "got [3,12,16] and [3,13,16]");
});

Deno.test("enlargeTwice() is tfjs' bilinear enlarging, with its gradient", async () => {
  await startBackend("wasm");
  const values = new SeededRandom(5).values(2 * 5 * 7);
  const [own, theirs] = tf.tidy(() => {
    const x = tf.tensor3d(values, [2, 5, 7]);
    const pictures = tf.expandDims(x, 3) as tf.Tensor4D;
    return [enlargeTwice(x), tf.image.resizeBilinear(pictures, [10, 14], false, true)];
  });
  assertEquals(own!.shape, [2, 10, 14]);
  const error = largestError(await own!.data() as Float32Array, await theirs!.data());
  assert(error < 1e-6, `off by ${error}`);
  const gradient = tf.tidy(() =>
    tf.grad((x) => tf.sum(enlargeTwice(x as tf.Tensor3D)))(tf.tensor3d(values, [2, 5, 7]))
  );
  // Each value is spread over four.
  for (const value of await gradient.data()) assertAlmostEquals(value, 4, 1e-5);
  tf.dispose([own, theirs, gradient] as tf.Tensor[]);
});

async function compare(backend: "wasm" | "webgpu"): Promise<void> {
  const device = await startBackend(backend);
  try {
    const { planes, truth } = pictures();
    const tensors = tf.memory().numTensors;
    const loss = tf.tidy(() =>
      structuralLoss(
        tf.tensor3d(planes, [3, HEIGHT, WIDTH]),
        tf.tensor3d(truth, [3, HEIGHT, WIDTH]),
      )
    );
    const expected = measuredLoss(planes, truth);
    assert(expected > 0.1 && expected < 2.9, `${expected}`);
    assertAlmostEquals((await loss.data())[0]!, expected, 1e-4);
    loss.dispose();
    assertEquals(tf.memory().numTensors, tensors);
    device.check();
  } finally {
    device.stop();
  }
}

/** Three planes and what they should be. */
function pictures(): { planes: Float32Array; truth: Float32Array } {
  const random = new SeededRandom(3);
  const planes = random.values(3 * PIXELS).map((value) => 0.5 + 0.2 * value);
  const noise = random.values(3 * PIXELS);
  const truth = planes.map((value, i) => 0.8 * value + 0.1 + 0.05 * noise[i]!);
  return { planes, truth };
}

/** What `eval/ssim.ts` measures of planes, which it takes interleaved. */
function measuredLoss(planes: Float32Array, truth: Float32Array): number {
  const interleaved = (values: Float32Array) =>
    Float32Array.from(values, (_, i) => values[(i % 3) * PIXELS + Math.floor(i / 3)]!);
  const size = { heightPx: HEIGHT, widthPx: WIDTH };
  return 3 * (1 - ssim(prepareSsim(interleaved(truth), size), interleaved(planes)));
}
