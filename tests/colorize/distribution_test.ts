import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import {
  predictDistribution,
  suggestColors,
  uncertaintyOf,
} from "../../src/colorize/distribution.ts";
import { GAMUT_BIN_COUNT, gamutBinCenters } from "../../src/color/gamut_bins.ts";
import { featuresOfLooks } from "../../src/colorize/looks.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { largestError } from "../tolerance.ts";
import { makePalette } from "./palette_model.ts";

await startBackend("wasm");
const model = makePalette();
const SIZE = { widthPx: 8, heightPx: 12 };
const LIGHTNESS = Float32Array.from({ length: 96 }, (_, i) => i);

Deno.test("predictDistribution() gives shares that sum up to 1, at half size", async () => {
  const before = tf.memory().numTensors;
  const { shares, bins, binCenters, suggestionPower, ...size } = await predictDistribution(
    model,
    LIGHTNESS,
    SIZE,
  );
  assertEquals([bins, size], [GAMUT_BIN_COUNT, { widthPx: 4, heightPx: 6 }]);
  assertEquals([binCenters, suggestionPower], [gamutBinCenters, 1]);
  for (let pixel = 0; pixel < 24; pixel++) {
    const own = shares.subarray(pixel * bins, (pixel + 1) * bins);
    assertAlmostEquals(own.reduce((sum, share) => sum + share, 0), 1, 1e-4);
  }
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("predictDistribution() of a palette looks as it does for colors", async () => {
  const sides = [[18, 12], [24, 16]] as const;
  const closer = sides.map(([h, w]) => Float32Array.from({ length: h * w }, (_, i) => 96 - i % 96));
  const { shares } = await predictDistribution(model, LIGHTNESS, { ...SIZE, closer });
  const rows = [...closer[0]!.subarray(17 * 12), ...closer[0]!.subarray(16 * 12, 17 * 12)];
  const padded = Float32Array.of(...closer[0]!, ...rows); // the network takes 20 rows
  const { palette } = model.network;
  const looks = featuresOfLooks(palette!, {
    lightness: tf.tensor4d(LIGHTNESS, [1, 12, 8, 1]),
    closer: [tf.tensor4d(padded, [1, 20, 12, 1]), tf.tensor4d(closer[1]!, [1, 24, 16, 1])],
  });
  assert(largestError(shares, await palette!.sharesOf(looks).data()) < 1e-6);
  const afar = await predictDistribution(model, LIGHTNESS, SIZE);
  assert(largestError(shares, afar.shares) > 0.01);
});

Deno.test("predictDistribution() refuses a model of one color", async () => {
  const gray = { ...model, name: "gray", network: buildNetwork({ kind: "constant", a: 0, b: 0 }) };
  await assertRejects(() => predictDistribution(gray, LIGHTNESS, SIZE), RangeError, "got gray");
});

Deno.test("predictDistribution() of siggraph17 is its class head's, at a quarter of the size", async () => {
  const network = buildNetwork({ kind: "siggraph17", width: 2 }, { seed: 1 });
  const head = network.layers!.getLayer("bins");
  const [kernel, bias] = head.getWeights();
  const logits = new Float32Array(529);
  logits[(11 + 3) * 23 + 11 - 6] = 10; // a* = 30, b* = -60, at steps of 10 from the middle
  head.setWeights([tf.zerosLike(kernel!), tf.tensor(logits, bias!.shape)]);
  const siggraph17 = { ...model, name: "siggraph17", network };
  const size = { widthPx: 10, heightPx: 12 };
  const distribution = await predictDistribution(siggraph17, new Float32Array(120).fill(50), size);
  assertEquals([distribution.widthPx, distribution.heightPx, distribution.bins], [3, 3, 529]);
  const learned = Math.exp(10) / (Math.exp(10) + 528);
  assertAlmostEquals(Math.max(...distribution.shares), learned, 1e-5);
  const suggested = suggestColors(distribution, { x: 2, y: 2, count: 3 });
  assertEquals(suggested.length, 3); // flattened: others come up, too
  const isNear = ({ a, b }: { a: number; b: number }) => Math.hypot(a - 30, b + 60) < 5;
  assert(suggested.some(isNear), JSON.stringify(suggested));
  network.dispose();
});

/** A map of 3x1 pixels: sure, torn between two, without any idea. */
function madeDistribution() {
  const shares = new Float32Array(3 * GAMUT_BIN_COUNT).fill(0);
  shares[7] = 1;
  shares[GAMUT_BIN_COUNT + 7] = shares[GAMUT_BIN_COUNT + 200] = 0.5;
  shares.fill(1 / GAMUT_BIN_COUNT, 2 * GAMUT_BIN_COUNT);
  const bins = { bins: GAMUT_BIN_COUNT, binCenters: gamutBinCenters, suggestionPower: 1 };
  return { shares, ...bins, widthPx: 3, heightPx: 1 };
}

Deno.test("uncertaintyOf() is 0 where one bin has all, 1 where all have the same", () => {
  const [sure, torn, none] = uncertaintyOf(madeDistribution());
  assertAlmostEquals(sure!, 0, 1e-6);
  assertAlmostEquals(torn!, Math.log(2) / Math.log(GAMUT_BIN_COUNT), 1e-5);
  assertAlmostEquals(none!, 1, 1e-5);
});

Deno.test("suggestColors() gives the modes around a place, the likeliest first", () => {
  const modes = suggestColors(madeDistribution(), { x: 0, y: 0, count: 5 });
  assertAlmostEquals(modes[0]!.share, 0.75, 1e-5);
  const center = (bin: number) => [gamutBinCenters[2 * bin]!, gamutBinCenters[2 * bin + 1]!];
  assertEquals([modes[0]!.a, modes[0]!.b].map(Math.round), center(7));
  assertEquals([modes[1]!.a, modes[1]!.b].map(Math.round), center(200));
  assert(modes.every(({ share }, i) => i === 0 || share <= modes[i - 1]!.share));
});
