import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { predictAtOwnSize } from "../../../scripts/eval/own_size.ts";
import { startBackend } from "../../../src/backend/start.ts";
import type { Model } from "../../../src/colorize/model.ts";
import { buildNetwork } from "../../../src/network/build.ts";

/** A network that answers lightness as a, and the hinted a as b; it notes the sizes it sees. */
function echoModel(sizePx: number): { model: Model; seen: number[][] } {
  const seen: number[][] = [];
  const network = {
    ...buildNetwork({ kind: "constant", a: 0, b: 0 }),
    takesHints: true,
    predictAb: (lightness: tf.Tensor4D, hints?: tf.Tensor4D) =>
      tf.tidy(() => {
        seen.push(lightness.shape);
        const b = hints ? tf.slice(hints, 0, [...lightness.shape.slice(0, 3), 1]) : lightness;
        return tf.concat([tf.div(lightness, 128), hints ? b : tf.zerosLike(b)], 3) as tf.Tensor4D;
      }),
  };
  return { model: { name: "echo", title: "", network, sizePx }, seen };
}

const SHAPE = { count: 2, heightPx: 4, widthPx: 6 };
const LIGHTNESS = Float32Array.from({ length: 48 }, (_, i) => i < 24 ? 20 : 70);

Deno.test("predictAtOwnSize() stretches small pictures, one at a time, and averages colors back", async () => {
  await startBackend("wasm");
  const { model, seen } = echoModel(16);
  const hints = new Float32Array(3 * 48);
  hints.set([30, 0, 1], 3 * 30);
  const ab = await predictAtOwnSize(model, LIGHTNESS, SHAPE, { hints });
  assertEquals(seen, [[1, 16, 24, 1], [1, 16, 24, 1]]);
  for (const [i, value] of LIGHTNESS.entries()) {
    assert(Math.abs(ab[2 * i]! - value) < 0.01, `pixel ${i}: ${ab[2 * i]}`);
    assert(Math.abs(ab[2 * i + 1]! - (i === 30 ? 30 : 0)) < 0.01);
  }
});

Deno.test("predictAtOwnSize() takes pictures of the model's size as they are", async () => {
  await startBackend("wasm");
  const { model, seen } = echoModel(4);
  await predictAtOwnSize(model, LIGHTNESS, SHAPE);
  assertEquals(seen, [[2, 4, 6, 1]]);
});
