import { assert, assertEquals, assertNotEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { dropoutMask, SeededDropout } from "../../../src/network/layers/dropout.ts";
import { SeededRandom } from "../../random.ts";
import { webgpuTest } from "../../webgpu.ts";
import { runLayer } from "./layer_gradients.ts";

const KEY = 12345;

Deno.test("dropoutMask() drops the share it is told and keeps the mean", () => {
  for (const rate of [0.1, 0.5, 0.8]) {
    const mask = dropoutMask(200_000, { rate, key: KEY, first: 0 });
    const dropped = mask.filter((value) => value === 0).length / mask.length;
    // Five standard deviations of the share of 200,000 independent draws.
    assert(Math.abs(dropped - rate) < 5 * Math.sqrt(rate * (1 - rate) / mask.length), `${dropped}`);
    assertEquals(new Set(mask), new Set([0, Math.fround(1 / (1 - rate))]));
  }
});

Deno.test("dropoutMask() of a share is that part of the whole batch's mask", () => {
  const whole = dropoutMask(1000, { rate: 0.5, key: KEY, first: 0 });
  assertEquals(dropoutMask(300, { rate: 0.5, key: KEY, first: 700 }), whole.subarray(700));
});

Deno.test("dropoutMask() differs with the key, and neighbors are independent", () => {
  const [one, other] = [1, 2].map((key) => dropoutMask(100_000, { rate: 0.5, key, first: 0 }));
  assertNotEquals(one, other);
  const same = (a: Float32Array, b: Float32Array) => a.filter((value, i) => value === b[i]).length;
  const shifted = one!.subarray(1);
  for (const agreeing of [same(one!, other!) / one!.length, same(shifted, one!) / shifted.length]) {
    assert(Math.abs(agreeing - 0.5) < 0.01, `${agreeing}`);
  }
});

for (const kernels of ["ours", "builtin"] as const) {
  const name = `SeededDropout multiplies by dropoutMask() to the bit, kernels ${kernels}`;
  Deno.test(`${name}, on wasm`, () => checkKernel("wasm", kernels));
  // tfjs multiplies what is so small without the GPU.
  webgpuTest(`${name}, on webgpu`, () => checkKernel("webgpu", kernels), {
    sends: kernels === "ours",
  });
}

async function checkKernel(backend: "wasm" | "webgpu", kernels: "ours" | "builtin"): Promise<void> {
  const device = await startBackend(backend, { kernels });
  const random = new SeededRandom(17);
  for (let i = 0; i < (kernels === "ours" ? 30 : 3); i++) {
    const rate = i === 0 ? 0.5 : random.next();
    const sides = [i % 10 === 9 ? 17 : 2, random.integer(1, 7), random.integer(1, 7)];
    const shape = [...sides, i % 3 === 0 ? 1 : random.integer(1, 9)];
    const x = random.values(shape.reduce((product, side) => product * side, 1));
    // Past 2^32 places the counter wraps around, on every device.
    const draw = { rate, key: random.integer(-(2 ** 31), 2 ** 31 - 1), first: 3 * i * 2 ** 28 };
    const attributes = { kept: 1 / (1 - rate), threshold: Math.ceil(rate * 2 ** 32), ...draw };
    const input = tf.tensor(x, shape);
    const output = tf.engine().runKernel("SeededDropout", { x: input }, attributes) as tf.Tensor;
    const mask = dropoutMask(x.length, draw);
    assertEquals(await output.data(), x.map((value, at) => value * mask[at]!));
    tf.dispose([input, output]);
  }
  device.check();
}

Deno.test("SeededDropout: all steps, layers and seeds have masks of their own", async () => {
  await startBackend("wasm");
  const ones = tf.ones([2, 3, 5, 8]);
  const masks = await Promise.all([[1, 1, 1], [2, 1, 1], [1, 2, 1], [1, 1, 2]].map((draw) => {
    const [seed, step, layerIndex] = draw as [number, number, number];
    const layer = new SeededDropout({ name: "dropout", rate: 0.5, layerIndex });
    const kwargs = { training: true, seed, step, firstImage: 0 };
    const { output, gradients } = runLayer(layer, {
      ...{ input: ones, kwargs },
      dy: new Float32Array(ones.size).fill(1),
    });
    return Promise.all([output.data(), gradients[0]!.data()]);
  }));
  for (const [i, [mask, gradient]] of masks.entries()) {
    assertEquals(gradient, mask); // the derivative of a product with a mask
    for (const [other] of masks.slice(0, i)) assertNotEquals(mask, other);
  }
  ones.dispose();
});
