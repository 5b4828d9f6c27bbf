/** Kernel `MovingAverage` on both devices, against plain loops in double precision. */
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { type KernelChoice, startBackend } from "../../src/backend/start.ts";
import { SeededRandom } from "../random.ts";
import { relativeError } from "../tolerance.ts";
import { webgpuTest } from "../webgpu.ts";

for (const kernels of ["ours", "builtin"] as const) {
  Deno.test(`MovingAverage is what plain loops compute on wasm, ${kernels}`, async () => {
    await check("wasm", kernels);
  });
  webgpuTest(`MovingAverage is what plain loops compute on webgpu, ${kernels}`, async () => {
    await check("webgpu", kernels);
  });
}

async function check(backend: "wasm" | "webgpu", kernels: KernelChoice): Promise<void> {
  const device = await startBackend(backend, { kernels });
  const random = new SeededRandom(3);
  for (let i = 0; i < 30; i++) {
    const shape = Array.from({ length: 1 + i % 3 }, () => random.integer(1, 20));
    const [start, values] = [0, 1].map(() => random.values(tf.util.sizeFromShape(shape)));
    const decay = random.next();
    const value = tf.variable(tf.tensor(values!, shape));
    const initial = tf.tensor(start!, shape);
    const average = tf.variable(initial); // shares its data at first
    for (let step = 0; step < 2; step++) {
      tf.engine().runKernel("MovingAverage", { average, value }, { decay });
    }
    const expected = [...start!].map((from, at) =>
      decay ** 2 * from + (1 - decay ** 2) * values![at]!
    );
    const error = relativeError(await average.data(), expected);
    assert(error < 1e-6, `[${shape}] is off by ${error}`);
    assertEquals([await initial.data(), await value.data()], [start!, values!]);
    tf.dispose([initial, average, value]);
  }
  device.check();
}
