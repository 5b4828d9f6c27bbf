import { assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { Model } from "../../src/colorize/model.ts";
import { predictAb } from "../../src/colorize/predict.ts";
import type { Network } from "../../src/network/network.ts";
import { buildNetwork } from "../../src/network/build.ts";

await tf.setBackend("cpu");

/** A model that computes ab / 128 from L* by a formula. */
function formulaModel(predict: (lightness: tf.Tensor4D) => tf.Tensor4D): Model {
  const network: Network = {
    ...buildNetwork({ kind: "constant", a: 0, b: 0 }),
    sizeMultiple: 2,
    predictAb: predict,
  };
  return { name: "formula", title: "", network };
}

/** a = L, b = -L. */
const ramp = formulaModel((lightness) =>
  tf.concat([tf.div(lightness, 128), tf.div(lightness, -128)], 3)
);

Deno.test("predictAb() gives interleaved ab in their own units, image after image", async () => {
  const lightness = Float32Array.of(1, 2, 3, 4, 10, 20, 30, 40);
  const ab = await predictAb(ramp, lightness, { count: 2, heightPx: 2, widthPx: 2 });
  assertEquals(ab, Float32Array.of(1, -1, 2, -2, 3, -3, 4, -4, 10, -10, 20, -20, 30, -30, 40, -40));
});

Deno.test("predictAb() clamps to the colors of sRGB", async () => {
  const wild = formulaModel((lightness) =>
    tf.concat([tf.onesLike(lightness), tf.neg(lightness)], 3)
  );
  const ab = await predictAb(wild, Float32Array.of(9, 9, 9, 9), {
    count: 1,
    heightPx: 2,
    widthPx: 2,
  });
  assertEquals([...ab.subarray(0, 2)].map(Math.round), [98, -108]);
});

Deno.test("predictAb() refuses NaN instead of painting it", async () => {
  const broken = formulaModel((lightness) => tf.concat([lightness, tf.sqrt(tf.neg(lightness))], 3));
  const shape = { count: 1, heightPx: 2, widthPx: 2 };
  await assertRejects(() => predictAb(broken, new Float32Array(4).fill(1), shape), Error, "NaN");
});

Deno.test("predictAb() refuses lengths and sides that do not fit", async () => {
  const four = new Float32Array(4);
  await assertRejects(
    () => predictAb(ramp, four, { count: 2, heightPx: 2, widthPx: 2 }),
    RangeError,
    "2 x 2 x 2 values, got 4",
  );
  await assertRejects(
    () => predictAb(ramp, four, { count: 1, heightPx: 1, widthPx: 4 }),
    RangeError,
    "divide by 2",
  );
});

Deno.test("predictAb() leaks no tensors, also when it fails", async () => {
  const before = tf.memory().numTensors;
  const shape = { count: 1, heightPx: 2, widthPx: 2 };
  await predictAb(ramp, new Float32Array(4), shape);
  const broken = formulaModel((lightness) =>
    tf.sqrt(tf.sub(tf.concat([lightness, lightness], 3), 1))
  );
  await assertRejects(() => predictAb(broken, new Float32Array(4), shape));
  assertEquals(tf.memory().numTensors, before);
});
