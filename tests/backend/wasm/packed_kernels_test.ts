/** Kernels that stay packed from call to call, in each way that a convolution packs them. */
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { heapView, wasmBackend } from "../../../src/backend/wasm/heap.ts";
import { announceChange } from "../../../src/backend/wasm/packed_kernels.ts";
import { SeededRandom } from "../../random.ts";
import { largestError } from "../../tolerance.ts";

const CHANNELS = 32;

type Convolve = (x: tf.Tensor4D, kernel: tf.Tensor4D) => tf.Tensor;

const conv: Convolve = (x, kernel) => tf.conv2d(x, kernel, 1, "same");

/** By what packs its kernel; `side` is that of the pictures it convolves. */
const WAYS: Record<string, { side: number; run: Convolve }> = {
  "convolutions of few pixels": { side: 2, run: conv },
  "convolutions of many pixels": { side: 17, run: conv },
  "upsampled convolutions": {
    side: 5,
    run: (x, kernel) => {
      const bias = tf.zeros([CHANNELS]);
      const result = tf.engine().runKernel("UpsampledConv", { x, kernel, bias }, {}) as tf.Tensor;
      bias.dispose();
      return result;
    },
  },
};

for (const [name, { side, run }] of Object.entries(WAYS)) {
  Deno.test(`${name} on wasm keep what they packed, and no longer than the kernel lasts`, async () => {
    const { x, kernel } = await start(side);
    const before = wasmBackend().numDataIds();
    const first = run(x, kernel);
    assertEquals(wasmBackend().numDataIds(), before + 2, "the result, and what was packed");
    const second = run(x, kernel);
    assertEquals(wasmBackend().numDataIds(), before + 3, "it was packed once more");
    assertEquals(await second.data(), await first.data());
    tf.dispose([first, second, kernel]);
    assertEquals(wasmBackend().numDataIds(), before - 1);
    x.dispose();
  });

  Deno.test(`${name} on wasm take values that were assigned or changed in place`, async () => {
    const { x, kernel } = await start(side);
    const weights = tf.variable(kernel);
    const stale = run(x, weights as tf.Tensor4D);
    const doubled = tf.mul(kernel, 2);
    weights.assign(doubled as tf.Tensor4D);
    const assigned = run(x, weights as tf.Tensor4D);
    assert(largestError(await assigned.data(), await tf.mul(stale, 2).data()) < 1e-4);
    heapView(weights).forEach((value, i, values) => values[i] = value / 2);
    announceChange(weights);
    const halved = run(x, weights as tf.Tensor4D);
    assert(largestError(await halved.data(), await stale.data()) < 1e-4);
    tf.dispose([x, kernel, weights, stale, doubled, assigned, halved]);
  });

  Deno.test(`training on wasm keeps nothing packed: ${name}`, async () => {
    const { x, kernel } = await start(side);
    const before = wasmBackend().numDataIds();
    const gradient = tf.tidy(() =>
      tf.grad((input) => {
        run(x, kernel);
        return tf.sum(input);
      })(x)
    );
    assertEquals(wasmBackend().numDataIds(), before + 1, "the gradient alone");
    tf.dispose([x, kernel, gradient]);
  });
}

Deno.test("starting wasm again leaves one watch over what is disposed", async () => {
  await startBackend("wasm");
  const { disposeData } = wasmBackend();
  await startBackend("wasm");
  assertEquals(wasmBackend().disposeData, disposeData);
});

Deno.test("the gradient of a convolution's input on wasm takes no kernel packed for the other way", async () => {
  const { x, kernel } = await start(17);
  const gradient = () =>
    tf.tidy(() => tf.grad((input) => conv(input as tf.Tensor4D, kernel).sum())(x));
  const kept = conv(x, kernel);
  const [own, other] = [gradient(), gradient()];
  const turned = tf.tidy(() => conv(tf.onesLike(kept) as tf.Tensor4D, turnedAround(kernel)));
  assert(largestError(await own.data(), await turned.data()) < 1e-4);
  assertEquals(await other.data(), await own.data());
  tf.dispose([x, kernel, kept, own, other, turned]);
});

Deno.test("beyond 128 MiB kernels are packed anew, and still right", async () => {
  await startBackend("wasm");
  // 1x1 kernels of 16 MiB each.
  const side = 2048;
  const random = new SeededRandom(2);
  const values = random.values(side);
  const x = tf.tensor4d(values, [1, 1, 1, side]);
  const before = wasmBackend().numDataIds();
  const diagonal = tf.tidy(() => tf.eye(side).reshape([1, 1, side, side])) as tf.Tensor4D;
  const kernels = Array.from({ length: 10 }, (_, i) => tf.mul(diagonal, i + 1) as tf.Tensor4D);
  const results = kernels.map((kernel) => conv(x, kernel));
  const kept = wasmBackend().numDataIds() - before - 1 - kernels.length - results.length;
  assert(kept >= 1 && kept <= 8, `${kept} of 10 are kept`);
  for (const [i, result] of results.entries()) {
    assert(largestError(await result.data(), values.map((value) => value * (i + 1))) < 1e-5);
  }
  tf.dispose([x, diagonal, ...kernels, ...results]);
  assertEquals(wasmBackend().numDataIds(), before - 1);
});

async function start(side: number): Promise<{ x: tf.Tensor4D; kernel: tf.Tensor4D }> {
  await startBackend("wasm");
  const random = new SeededRandom(7);
  return {
    x: tf.tensor4d(random.values(side * side * CHANNELS), [1, side, side, CHANNELS]),
    kernel: tf.tensor4d(random.values(9 * CHANNELS ** 2), [3, 3, CHANNELS, CHANNELS]),
  };
}

function turnedAround(kernel: tf.Tensor4D): tf.Tensor4D {
  return tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2]);
}
