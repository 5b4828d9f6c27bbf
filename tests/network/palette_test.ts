import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { decodeSettings } from "../../src/color/decode_bins.ts";
import { GAMUT_BIN_COUNT } from "../../src/color/gamut_bins.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { type PaletteConfig, parseNetworkConfig } from "../../src/network/config.ts";
import { coherentFeatures } from "../../src/network/coherent_features.ts";
import { largestActivation } from "../../src/network/footprint.ts";
import type { Network } from "../../src/network/network.ts";
import { paletteInput } from "../../src/network/palette.ts";
import { loadWeights, saveWeights } from "../../src/network/weights.ts";
import { SeededRandom } from "../random.ts";

const CONFIG: PaletteConfig = {
  kind: "palette",
  widths: [8, 12, 16],
  encoderConvs: [0, 1, 1],
  decoderConvs: [1, 1],
  batchNorm: true,
};
const SHAPE: [number, number, number, number] = [2, 16, 24, 1];

Deno.test("models/palette takes multiples of 32 and fits into 10 MB of half-precision floats", async () => {
  await startBackend("wasm");
  const path = new URL("../../models/palette/config.json", import.meta.url);
  const config = parseNetworkConfig(JSON.parse(Deno.readTextFileSync(path)).network);
  const network = buildNetwork(config, { seed: 1 });
  assertEquals(network.sizeMultiple, 32);
  assert((await saveWeights(network, "F16")).length <= 10e6);
  const predicted = network.predictAb(tf.fill([1, 32, 64, 1], 40));
  assertEquals(predicted.shape, [1, 32, 64, 2]);
  predicted.dispose();
  network.dispose();
});

Deno.test("a palette predicts logits at half size and colors at full size, and leaks nothing", async () => {
  const { network, lightness } = await start();
  const tensors = tf.memory().numTensors;
  const logits = network.palette!.predictLogits(lightness);
  assertEquals(logits.shape, [2, 8, 12, GAMUT_BIN_COUNT]);
  const decoded = network.palette!.decode(logits, decodeSettings(0.5));
  assertEquals(decoded.shape, [2, 8, 12, 2]);
  const colors = network.palette!.predictColors(lightness, { vividness: 1 });
  assertEquals(colors.shape, [2, 16, 24, 2]);
  assertEquals(tf.memory().numTensors, tensors + 3);
  const tooVivid = () => network.palette!.predictColors(lightness, { vividness: 2 });
  assertThrows(tooVivid, RangeError, "vividness");
  tf.dispose([logits, decoded, colors, lightness]);
  network.dispose();
});

Deno.test("a palette's head turns coherent features into logits, and nothing leaks", async () => {
  const { network, lightness } = await start();
  const tensors = tf.memory().numTensors;
  const features = network.palette!.features(lightness);
  assertEquals(features.shape, [2, 8, 12, CONFIG.widths[0]]);
  const again = network.palette!.features(lightness);
  assertEquals(tf.memory().numTensors, tensors + 2);
  const logits = network.palette!.predictLogits(lightness);
  const coherent = coherentFeatures(features, lightness);
  const fromFeatures = network.layers!.layers.at(-1)!.apply(coherent) as tf.Tensor;
  assertEquals(await fromFeatures.data(), await logits.data());
  assertEquals(await again.data(), await features.data());
  tf.dispose([features, again, coherent, logits, fromFeatures, lightness]);
  network.dispose();
});

Deno.test("a palette that was asked for features leaves no weights when it is disposed", async () => {
  await startBackend("wasm");
  const tensors = tf.memory().numTensors;
  const { network, lightness } = await start();
  tf.dispose([network.palette!.features(lightness), lightness]);
  network.dispose();
  assertEquals(tf.memory().numTensors, tensors);
});

Deno.test("a palette's predictAb() is the faithful decoding, enlarged bilinearly", async () => {
  const { network, lightness } = await start();
  const { predictLogits, decode } = network.palette!;
  const small = decode(predictLogits(lightness), decodeSettings(0));
  const [full, halved] = [network.predictAb(lightness), await small.data()];
  const colors = await full.data();
  const at = (y: number, x: number) => halved[2 * (12 * y + x)]!; // a of the first picture
  // The centers of full pixels lie a quarter of a small pixel from those of small ones.
  const expected = 0.75 * (0.75 * at(3, 5) + 0.25 * at(3, 4)) +
    0.25 * (0.75 * at(2, 5) + 0.25 * at(2, 4));
  assert(Math.abs(colors[2 * (24 * 6 + 10)]! - expected) < 1e-6);
  tf.dispose([small, full, lightness]);
  network.dispose();
});

Deno.test("a hint reaches the output, and no hints are hints of zeros", async () => {
  const { network, lightness } = await start();
  const logits = async (hints?: tf.Tensor4D) => {
    const predicted = network.palette!.predictLogits(lightness, hints);
    const values = await predicted.data();
    predicted.dispose();
    return values;
  };
  const hints = new Float32Array(2 * 16 * 24 * 3);
  const none = await logits(tf.tensor4d(hints, [2, 16, 24, 3]));
  assertEquals(await logits(), none);
  hints.set([0.4, -0.3, 1], 3 * (8 * 24 + 12)); // into the first picture
  const hinted = await logits(tf.tensor4d(hints, [2, 16, 24, 3]));
  const half = none.length / 2;
  assert(hinted.subarray(0, half).some((value, i) => Math.abs(value - none[i]!) > 1e-4));
  assertEquals(hinted.subarray(half), none.subarray(half));
  network.dispose();
});

Deno.test("paletteInput() scales lightness to -1..1 and appends the hints", async () => {
  await startBackend("wasm");
  const lightness = tf.tensor4d([0, 25, 100], [1, 1, 3, 1]);
  const hints = tf.tensor4d([0, 0, 0, 0.5, -0.25, 1, 0, 0, 0], [1, 1, 3, 3]);
  const input = await paletteInput(lightness, hints).data();
  assertEquals([...input], [-1, 0, 0, 0, -0.5, 0.5, -0.25, 1, 1, 0, 0, 0]);
});

Deno.test("a palette predicts the same after its weights, the prior among them, were loaded", async () => {
  const { network, lightness } = await start();
  const copy = buildNetwork(CONFIG, { seed: 2 });
  const arrays = await saveWeights(network, "F32");
  loadWeights(copy, arrays);
  const colorsOf = async ({ palette }: Network) =>
    await palette!.predictColors(lightness, { vividness: 0.8 }).data();
  assertEquals(await colorsOf(copy), await colorsOf(network));
  const names = network.layers!.weights.map(({ originalName }) => originalName);
  assert(names.includes("bins/prior"));
  network.dispose();
  copy.dispose();
});

Deno.test("largestActivation() of a palette counts its four input channels", async () => {
  const { network } = await start();
  const size = { heightPx: 16, widthPx: 16 };
  assertEquals(largestActivation(network, size), { layer: "bins", bytes: 4 * 8 * 8 * 261 });
  network.dispose();
});

Deno.test("parseNetworkConfig() names what is wrong with a palette", () => {
  assertEquals(parseNetworkConfig({ ...CONFIG }), CONFIG);
  assertThrows(
    () => parseNetworkConfig({ ...CONFIG, decoderConvs: [1] }),
    TypeError,
    "decoderConvs must be 2 whole numbers",
  );
});

async function start(): Promise<{ network: Network; lightness: tf.Tensor4D }> {
  await startBackend("wasm");
  const values = new SeededRandom(6).values(2 * 16 * 24).map((value) => 50 + 50 * value);
  return { network: buildNetwork(CONFIG, { seed: 1 }), lightness: tf.tensor4d(values, SHAPE) };
}
