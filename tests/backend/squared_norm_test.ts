/** Kernel `SquaredNorm` on both devices, against plain loops in double precision. */
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { composeSquaredNorm } from "../../src/backend/squared_norm.ts";
import { startBackend } from "../../src/backend/start.ts";
import { SeededRandom } from "../random.ts";
import { webgpuTest } from "../webgpu.ts";

Deno.test("SquaredNorm is what plain loops compute on wasm", () => check("wasm"));
webgpuTest("SquaredNorm is what plain loops compute on webgpu", () => check("webgpu"));

async function check(backend: "wasm" | "webgpu"): Promise<void> {
  const device = await startBackend(backend);
  const random = new SeededRandom(5);
  for (let i = 0; i < 30; i++) {
    const shapes = i === 0 ? [[1200001], [4097]] : Array.from(
      { length: random.integer(1, 12) },
      () => Array.from({ length: random.integer(1, 4) }, () => random.integer(1, 14)),
    );
    const values = shapes.map((shape) => random.values(tf.util.sizeFromShape(shape)));
    const before = tf.memory().numTensors;
    const tensors = values.map((part, at) => tf.tensor(part, shapes[at]!));
    const inputs = tensors as unknown as tf.NamedTensorMap;
    const norm = tf.engine().runKernel("SquaredNorm", inputs) as tf.Tensor;
    const composed = composeSquaredNorm({ inputs, attributes: {} }) as tf.Tensor;
    const expected = values.reduce((sum, part) => part.reduce((s, v) => s + v * v, sum), 0);
    for (const tensor of [norm, composed]) {
      assertEquals(tensor.shape, [1]);
      const [got] = await tensor.data();
      assert(
        Math.abs(got! / expected - 1) < 1e-5,
        `${JSON.stringify(shapes)}: ${got}, ${expected}`,
      );
    }
    tf.dispose([...tensors, norm, composed]);
    assertEquals(tf.memory().numTensors, before);
  }
  device.check();
}
