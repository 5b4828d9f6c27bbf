import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { SeededRandom } from "../../random.ts";
import { largestError } from "../../tolerance.ts";

Deno.test("products of matrices on wasm equal plain loops, upright and transposed", async () => {
  await startBackend("wasm");
  const random = new SeededRandom(1);
  for (let i = 0; i < 60; i++) {
    const [rows, inner, columns] = [0, 0, 0].map(() => random.integer(1, 40)) as [
      number,
      number,
      number,
    ];
    const [transposeA, transposeB] = [i % 2 === 1, i % 4 > 1];
    const a = random.values(rows * inner);
    const b = random.values(inner * columns);
    const expected = new Float64Array(rows * columns);
    for (let at = 0; at < expected.length; at++) {
      const [row, column] = [Math.floor(at / columns), at % columns];
      for (let k = 0; k < inner; k++) {
        expected[at]! += a[transposeA ? k * rows + row : row * inner + k]! *
          b[transposeB ? column * inner + k : k * columns + column]!;
      }
    }
    const before = tf.memory().numTensors;
    const result = tf.tidy(() =>
      tf.matMul(
        tf.tensor2d(a, transposeA ? [inner, rows] : [rows, inner]),
        tf.tensor2d(b, transposeB ? [columns, inner] : [inner, columns]),
        transposeA,
        transposeB,
      )
    );
    const error = largestError(await result.data(), expected);
    assert(error < 2e-6, `${[rows, inner, columns, transposeA, transposeB]} is off by ${error}`);
    assertEquals(result.shape, [rows, columns]);
    result.dispose();
    assertEquals(tf.memory().numTensors, before);
  }
});
