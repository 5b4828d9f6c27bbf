/** Kernel `EdgeAwareMean` on both devices, against plain loops. */
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { chooseKernels, KERNEL_CHOICES } from "../../src/backend/own_kernels.ts";
import { startBackend } from "../../src/backend/start.ts";
import { SeededRandom } from "../random.ts";
import { webgpuTest } from "../webgpu.ts";

const SHAPE: [number, number, number, number] = [2, 7, 9, 6];

/** The formula, in the plainest loops. */
function plainMean(
  { x, guide }: { x: Float32Array; guide: Float32Array },
  { dilation, deviation }: { dilation: number; deviation: number },
): number[] {
  const [images, height, width, channels] = SHAPE;
  const means: number[] = [];
  for (let image = 0; image < images; image++) {
    const at = (row: number, column: number) => (image * height + row) * width + column;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const neighbors = [-dilation, 0, dilation].flatMap((down) =>
          [-dilation, 0, dilation].map((across) => ({ y: row + down, x: column + across }))
        ).filter(({ y, x }) => y >= 0 && y < height && x >= 0 && x < width);
        const own = guide[at(row, column)]!;
        const weights = neighbors.map(({ y, x }) =>
          0.5 ** ((Math.abs(y - row) + Math.abs(x - column)) / dilation) *
          Math.exp(-((guide[at(y, x)]! - own) ** 2) / (2 * deviation ** 2))
        );
        const total = weights.reduce((sum, weight) => sum + weight);
        for (let c = 0; c < channels; c++) {
          const sum = neighbors.reduce(
            (sum, place, i) => sum + weights[i]! * x[at(place.y, place.x) * channels + c]!,
            0,
          );
          means.push(sum / total);
        }
      }
    }
  }
  return means;
}

async function check(backend: "wasm" | "webgpu"): Promise<void> {
  const device = await startBackend(backend);
  const random = new SeededRandom(5);
  const x = random.values(2 * 7 * 9 * 6);
  const guide = random.values(2 * 7 * 9).map((value) => 50 + 20 * value);
  const tensors = { x: tf.tensor4d(x, SHAPE), guide: tf.tensor4d(guide, [2, 7, 9, 1]) };
  try {
    for (const options of [{ dilation: 1, deviation: 5 }, { dilation: 4, deviation: 30 }]) {
      const expected = plainMean({ x, guide }, options);
      for (const kernels of KERNEL_CHOICES) {
        chooseKernels(kernels);
        const before = tf.memory().numTensors;
        const mean = tf.engine().runKernel("EdgeAwareMean", tensors, options) as tf.Tensor;
        assertEquals([mean.shape, tf.memory().numTensors], [SHAPE, before + 1]);
        const values = await mean.data();
        const error = Math.max(...expected.map((value, i) => Math.abs(value - values[i]!)));
        assert(error < 1e-5, `${kernels}, ${JSON.stringify(options)}: off by ${error}`);
        mean.dispose();
      }
    }
    device.check();
  } finally {
    chooseKernels("ours");
    tf.dispose(tensors);
  }
}

Deno.test("EdgeAwareMean averages neighbors of the same guide on wasm", () => check("wasm"));
webgpuTest("EdgeAwareMean averages neighbors of the same guide on webgpu", () => check("webgpu"));
