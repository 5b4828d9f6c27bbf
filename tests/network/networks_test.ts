/** What every network of the models folder must do. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { type NetworkConfig, parseNetworkConfig } from "../../src/network/config.ts";
import { wholeBatchContext } from "../../src/network/network.ts";
import { loadWeights, saveWeights } from "../../src/network/weights.ts";
import { Adam } from "../../src/train/adam.ts";
import { shareGradients, trainableVariables } from "../../src/train/step.ts";
import { SeededRandom } from "../random.ts";

/** Parameters that the report states, or that its description of a variant gives. */
const PARAMETERS: Record<string, number> = {
  "cnn": 93_826,
  "polychromify": 1_084_802,
  "polychromify-a": 1_084_737,
  "polychromify-b": 1_084_737,
  "polychromify-ab": 2 * 1_084_737,
  "v1": countEncoderDecoder([32, 64, 128], [128, 64, 128], [128, 64, 32]),
  "v2": countEncoderDecoder([32, 64, 128, 256], [128, 64, 32, 64, 128], [256, 128, 64, 32]),
  "v3": countEncoderDecoder([32, 64, 128], [128, 64, 128], [128, 64, 32]),
  "v4": countEncoderDecoder([32, 64, 128], [128, 64, 128], [128, 64, 32]) + 4 * (128 + 128),
  "v5": countEncoderDecoder([32, 64, 128], [128, 64, 128], [128, 64, 32]) + 4 * (128 + 128),
  "v6": countEncoderDecoder([32, 64, 128], [128, 64, 128], [128, 64, 32]) + 4 * (128 + 128),
};

/** Sizes that are neither square nor powers of two, yet divide by the strides. */
const SIZE = { heightPx: 24, widthPx: 16 };
const IMAGES = 3;

for (const [name, parameters] of Object.entries(PARAMETERS)) {
  Deno.test(`${name} has ${parameters} parameters and any size that its strides divide`, async () => {
    await startBackend("wasm");
    const network = buildNetwork(readConfig(name), { seed: 1 });
    assertEquals(network.parameterCount, parameters);
    const side = network.sizeMultiple;
    for (const shape of [[1, side, side, 1], [2, 3 * side, 2 * side, 1]] as const) {
      const predicted = network.predictAb(tf.zeros([...shape]));
      assertEquals(predicted.shape, [shape[0], shape[1], shape[2], 2]);
      predicted.dispose();
    }
    network.dispose();
  });

  Deno.test(`${name} learns: two steps lower its loss, and leak no tensors`, async () => {
    await startBackend("wasm");
    const network = buildNetwork(readConfig(name), { seed: 1 });
    const adam = new Adam(trainableVariables(network), { learningRate: 1e-5 });
    const share = randomShare();
    // One context for all steps: the same dropout mask makes their losses comparable.
    const context = wholeBatchContext({ seed: 1, step: 0, batchImages: IMAGES });
    const takeStep = async () => {
      const { loss, gradients } = shareGradients(network, share, context);
      adam.step(gradients);
      const [value] = await loss.data();
      tf.dispose([loss, ...gradients]);
      return value!;
    };
    const first = await takeStep();
    const tensors = tf.memory().numTensors;
    const second = await takeStep();
    const third = await takeStep();
    assert(third < second && second < first, `the loss must fall: ${first}, ${second}, ${third}`);
    assertEquals(tf.memory().numTensors, tensors);
    adam.dispose();
    network.dispose();
  });

  Deno.test(`${name} predicts the same after its weights were saved and loaded`, async () => {
    await startBackend("wasm");
    const config = readConfig(name);
    const network = buildNetwork(config, { seed: 1 });
    const copy = buildNetwork(config, { seed: 2 });
    const before = tf.memory().numTensors;
    const lightness = tf.tensor4d(randomShare().lightness, [
      IMAGES,
      SIZE.heightPx,
      SIZE.widthPx,
      1,
    ]);
    loadWeights(copy, await saveWeights(network, "F32"));
    const [expected, predicted] = [network.predictAb(lightness), copy.predictAb(lightness)];
    assertEquals(await predicted.data(), await expected.data());
    tf.dispose([lightness, expected, predicted]);
    assertEquals(tf.memory().numTensors, before);
    network.dispose();
    copy.dispose();
  });
}

Deno.test("a constant network predicts its color everywhere", async () => {
  await startBackend("wasm");
  const network = buildNetwork({ kind: "constant", a: 2.5, b: 8.7 });
  const predicted = network.predictAb(tf.zeros([1, 2, 3, 1]));
  assertEquals(predicted.shape, [1, 2, 3, 2]);
  for (const [i, value] of (await predicted.data()).entries()) {
    assertAlmostEquals(value * 128, i % 2 === 0 ? 2.5 : 8.7, 1e-5);
  }
  predicted.dispose();
});

Deno.test("the pair is its two halves side by side", async () => {
  await startBackend("wasm");
  const pair = buildNetwork(readConfig("polychromify-ab"), { seed: 3 });
  const half = buildNetwork(readConfig("polychromify-a"), { seed: 3 });
  const lightness = tf.tensor4d(randomShare().lightness, [IMAGES, SIZE.heightPx, SIZE.widthPx, 1]);
  const [both, a] = [pair.predictAb(lightness), half.predictAb(lightness)];
  const [values, expected] = [await both.data(), await a.data()];
  for (let i = 0; i < values.length; i += 2) assertAlmostEquals(values[i]!, expected[i]!, 1e-6);
  tf.dispose([lightness, both, a]);
  pair.dispose();
  half.dispose();
});

Deno.test("parseNetworkConfig() names the field that is wrong", () => {
  const good = readConfig("v6");
  assertThrows(() => parseNetworkConfig({ ...good, kind: "gan" }), TypeError, 'got "gan"');
  assertThrows(() => parseNetworkConfig({ ...good, dropout: 1 }), TypeError, "dropout must");
  assertThrows(() => parseNetworkConfig({ ...good, encoder: [1.5] }), TypeError, "encoder must");
  assertThrows(() => parseNetworkConfig({ ...good, decoder: [8] }), TypeError, "decoder must");
  assertThrows(() => parseNetworkConfig(null), TypeError, "network must be an object");
});

function readConfig(name: string): NetworkConfig {
  const path = new URL(`../../models/${name}/config.json`, import.meta.url);
  return parseNetworkConfig(JSON.parse(Deno.readTextFileSync(path)).network);
}

/** Weights and biases of a chain of layers, counted from the description alone. */
function countEncoderDecoder(encoder: number[], dense: number[], decoder: number[]): number {
  let [channels, count] = [1, 0];
  const layers = [...encoder.map((n) => [n, 9]), ...dense.map((n) => [n, 1])];
  for (const [outputs, taps] of [...layers, ...decoder.map((n) => [n, 9]), [2, 1]]) {
    count += channels * outputs! * taps! + outputs!;
    channels = outputs!;
  }
  return count;
}

function randomShare() {
  const random = new SeededRandom(5);
  const pixels = IMAGES * SIZE.heightPx * SIZE.widthPx;
  const lightness = random.values(pixels).map((value) => 50 + 50 * value);
  const targetAb = random.values(2 * pixels).map((value) => 0.3 * value);
  return { count: IMAGES, ...SIZE, lightness, targetAb };
}
