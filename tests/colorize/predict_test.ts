import { assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { Model } from "../../src/colorize/model.ts";
import { upsampleEdgeAware } from "../../src/colorize/edge_aware_upsample.ts";
import { startBackend } from "../../src/backend/start.ts";
import { predictAb, predictPlanes } from "../../src/colorize/predict.ts";
import { parseNetworkConfig } from "../../src/network/config.ts";
import type { Network } from "../../src/network/network.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { SeededRandom } from "../random.ts";

await startBackend("wasm");

/** A model that computes ab / 128 from L* by a formula. */
function formulaModel(predict: (lightness: tf.Tensor4D) => tf.Tensor4D): Model {
  const network: Network = {
    ...buildNetwork({ kind: "constant", a: 0, b: 0 }),
    sizeMultiple: 2,
    predictAb: predict,
  };
  return { name: "formula", title: "", network, sizePx: 64 };
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
    () => predictAb(palette, four, { count: 1, heightPx: 1, widthPx: 4 }),
    RangeError,
    "divide by 2, got 1 x 1 x 4",
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

/** A palette of random weights; its map has half the sides of the picture. */
const palette: Model = {
  name: "palette",
  title: "",
  network: buildNetwork(
    parseNetworkConfig({
      kind: "palette",
      widths: [8, 8],
      encoderConvs: [0, 0],
      decoderConvs: [0],
      batchNorm: false,
    }),
    { seed: 3 },
  ),
  sizePx: 64,
};
const SHAPE = { count: 1, heightPx: 8, widthPx: 8 };
const SLOPE = Float32Array.from({ length: 64 }, (_, i) => 10 + i);

Deno.test("predictPlanes() gives a palette's colors at half size, with their own lightness", async () => {
  const [planes] = await predictPlanes(palette, SLOPE, SHAPE);
  assertEquals([planes!.widthPx, planes!.heightPx, planes!.ab.length], [4, 4, 32]);
  assertEquals(planes!.lightness[0], (SLOPE[0]! + SLOPE[1]! + SLOPE[8]! + SLOPE[9]!) / 4);
  const full = upsampleEdgeAware(planes!, SLOPE, SHAPE);
  assertEquals(await predictAb(palette, SLOPE, SHAPE), full);
});

Deno.test("predictPlanes() mirrors pictures whose sides the network does not take", async () => {
  // Networks of two levels below the input: both sides must divide by 4, and 6 does not.
  const [six, eight] = [{ count: 2, heightPx: 6, widthPx: 6 }, {
    count: 2,
    heightPx: 8,
    widthPx: 8,
  }];
  const cropped = Float32Array.from({ length: 72 }, (_, i) => (i * 37) % 100);
  const at = (px: number) => px < 6 ? px : 11 - px;
  const mirrored = Float32Array.from({ length: 128 }, (_, i) => {
    const [picture, y, x] = [i >> 6, (i >> 3) & 7, i & 7];
    return cropped[36 * picture + 6 * at(y) + at(x)]!;
  });
  const planes = await predictPlanes(palette, cropped, six);
  const wholes = await predictPlanes(palette, mirrored, eight);
  for (const [i, { ab, lightness, ...size }] of planes.entries()) {
    assertEquals([lightness.length, size], [9, { widthPx: 3, heightPx: 3 }]);
    const whole = wholes[i]!.ab;
    const expected = [0, 1, 2].flatMap((y) => [...whole.subarray(8 * y, 8 * y + 6)]);
    assertEquals([...ab], expected);
  }
});

Deno.test("predictAb() minds vividness and hints", async () => {
  const plain = await predictAb(palette, SLOPE, SHAPE);
  const hints = new Float32Array(3 * 64);
  hints.set([50, 30, 1], 3 * 27);
  assertNotEquals(await predictAb(palette, SLOPE, SHAPE, { hints }), plain);
  assertNotEquals(await predictAb(palette, SLOPE, SHAPE, { vividness: 1 }), plain);
  assertEquals(await predictAb(palette, SLOPE, SHAPE, { vividness: 0 }), plain);
});

Deno.test("predictAb() takes a vividness of its own for each picture", async () => {
  const pair = Float32Array.from([...SLOPE, ...SLOPE.map((value) => 90 - value)]);
  const shape = { ...SHAPE, count: 2 };
  const both = await predictAb(palette, pair, shape, { vividness: [0.2, 1] });
  const first = await predictAb(palette, pair.subarray(0, 64), SHAPE, { vividness: 0.2 });
  const second = await predictAb(palette, pair.subarray(64), SHAPE, { vividness: 1 });
  const expected = [...first, ...second];
  expected.forEach((value, i) => assertAlmostEquals(both[i]!, value, 1e-4));
  await assertRejects(
    () => predictAb(palette, pair, shape, { vividness: [0.2] }),
    RangeError,
    "one for each of 2 pictures, got 1",
  );
});

Deno.test("predictPlanes() gives a picture the same colors to the bit whatever its batch", async () => {
  const path = new URL("../../models/palette/config.json", import.meta.url);
  const config = parseNetworkConfig(JSON.parse(await Deno.readTextFile(path)).network);
  const large: Model = {
    name: "large",
    title: "",
    network: buildNetwork(config, { seed: 4 }),
    sizePx: 64,
  };
  const random = new SeededRandom(8);
  const COUNT = 9; // 36 looks
  const size = { heightPx: 64, widthPx: 96 };
  const pictures = Array.from(
    { length: COUNT },
    () => random.values(64 * 96).map((value) => 50 + 45 * value),
  );
  const lightness = Float32Array.from(pictures.flatMap((picture) => [...picture]));
  const vividness = pictures.map((_, i) => i / (COUNT - 1));
  const near = [96 * 144, 128 * 192].map((size) =>
    pictures.map(() => random.values(size).map((value) => 50 + 45 * value))
  );
  const together = await predictPlanes(large, lightness, { count: COUNT, ...size }, {
    vividness,
    closer: near.map((look) => Float32Array.from(look.flatMap((picture) => [...picture]))),
  });
  for (const [i, picture] of pictures.entries()) {
    const options = { vividness: [vividness[i]!], closer: near.map((look) => look[i]!) };
    const [alone] = await predictPlanes(large, picture, { count: 1, ...size }, options);
    assertEquals(alone!.ab, together[i]!.ab, `picture ${i}`);
  }
  large.network.dispose();
});

Deno.test("predictPlanes() mirrors closer looks with their picture", async () => {
  const mirrored = (plane: Float32Array, side: number, to: number) =>
    Float32Array.from({ length: to * to }, (_, i) => {
      const [x, y] = [i % to, Math.floor(i / to)].map((at) => at < side ? at : 2 * side - 1 - at);
      return plane[y! * side + x!]!;
    });
  const random = new SeededRandom(9);
  const plane = (side: number) => random.values(side * side).map((value) => 50 + 45 * value);
  const lightness = plane(6); // the network takes sides of 8, and so of 12 at 1.5 times
  const [near, nearest] = [plane(10), plane(12)]; // both even
  const six = { count: 1, heightPx: 6, widthPx: 6 };
  const [part] = await predictPlanes(palette, lightness, six, {
    closer: [near, nearest],
  });
  const [whole] = await predictPlanes(palette, mirrored(lightness, 6, 8), SHAPE, {
    closer: [mirrored(near, 10, 12), mirrored(nearest, 12, 16)],
  });
  assertEquals([part!.widthPx, part!.heightPx], [3, 3]);
  const inner = [0, 1, 2].flatMap((y) => [...whole!.ab.subarray(8 * y, 8 * y + 6)]);
  assertEquals([...part!.ab], inner);
  const [afar] = await predictPlanes(palette, lightness, six);
  assertNotEquals(part!.ab, afar!.ab);
});

Deno.test("predictAb() refuses options that do not fit", async () => {
  const four = new Float32Array(4);
  const shape = { count: 1, heightPx: 2, widthPx: 2 };
  await assertRejects(
    () => predictAb(ramp, four, shape, { vividness: 0.5 }),
    RangeError,
    "formula predicts one color for each pixel and takes no vividness, got vividness 0.5",
  );
  await assertRejects(
    () => predictAb(ramp, four, shape, { hints: new Float32Array(12) }),
    RangeError,
    "formula takes no hints, got some",
  );
  const hints = new Float32Array(5);
  await assertRejects(
    () => predictAb(palette, SLOPE, SHAPE, { hints }),
    RangeError,
    "192, got 5",
  );
  await assertRejects(
    () => predictAb(palette, SLOPE, SHAPE, { vividness: 1.5 }),
    RangeError,
    "vividness must lie in 0..1, got 1.5",
  );
});

Deno.test("predictAb() refuses closer looks that do not fit", async () => {
  const near = new Float32Array(12 * 12);
  for (
    const [model, closer, rule] of [
      [ramp, [near], "formula takes no closer looks, got some"],
      [palette, [near], "closer looks must be 2, got 1"],
      [palette, [near, SLOPE], "closer look 2 must have 256 values, got 64"],
    ] as const
  ) {
    await assertRejects(() => predictAb(model, SLOPE, SHAPE, { closer }), RangeError, rule);
  }
});
