/** Sums over leading axes, as gradients of biases need them, on both devices. */
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { SeededRandom } from "../random.ts";
import { largestError } from "../tolerance.ts";
import { webgpuTest } from "../webgpu.ts";

/** Odd sizes, one channel, a single row, more columns than rows, and several stages. */
const SHAPES = [[1], [7, 1], [4097, 1], [300, 41, 3], [1, 5], [2, 3, 70], [5, 129], [3000, 33]];

Deno.test("sums over leading axes and over all are right on wasm", () => checkSums("wasm"));
webgpuTest("sums over leading axes and over all are right on webgpu", () => checkSums("webgpu"));

async function checkSums(backend: "wasm" | "webgpu"): Promise<void> {
  const device = await startBackend(backend);
  const random = new SeededRandom(9);
  for (let i = 0; i < 30; i++) {
    const shape = SHAPES[i] ??
      Array.from({ length: random.integer(1, 4) }, () => random.integer(1, 9));
    const values = random.values(shape.reduce((product, side) => product * side, 1));
    for (const axes of [shape.length, shape.length - 1]) {
      const columns = axes === shape.length ? 1 : shape.at(-1)!;
      const expected = new Float64Array(columns);
      values.forEach((value, at) => expected[at % columns]! += value);
      const sum = tf.tidy(() => tf.sum(tf.tensor(values, shape), [...shape.keys()].slice(0, axes)));
      assertEquals(sum.shape, shape.slice(axes));
      const error = largestError(await sum.data(), expected);
      assert(error < 1e-5, `[${shape}] over ${axes} axes is off by ${error}`);
      sum.dispose();
    }
  }
  device.check();
}

webgpuTest("a sum of a million values is the same in every run, and precise", async () => {
  const device = await startBackend("webgpu");
  // 0.1 in single precision: adding one after the other would be off in the third digit.
  const values = tf.fill([2 ** 19, 2], 0.1);
  const sums = [0, 1].map(() => tf.sum(values, 0));
  const [first, second] = [await sums[0]!.data(), await sums[1]!.data()];
  assertEquals(first, second);
  const exact = 2 ** 19 * Math.fround(0.1);
  assert(largestError(first, [exact, exact]) < 1e-6, `${first}`);
  tf.dispose([values, ...sums]);
  device.check();
});
