import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { parseNetworkConfig, type UNetConfig } from "../../src/network/config.ts";
import { wholeBatchContext } from "../../src/network/network.ts";
import { assignWeights, loadWeights, readWeights, saveWeights } from "../../src/network/weights.ts";
import { Adam } from "../../src/train/adam.ts";
import { shareGradients, trainableVariables } from "../../src/train/step.ts";
import { SeededRandom } from "../random.ts";

const CONFIG: UNetConfig = {
  kind: "u-net",
  widths: [4, 6, 8],
  encoderConvs: [1, 0, 2],
  decoderConvs: [1, 2],
  batchNorm: false,
  firstStride: 2,
};
const [IMAGES, HEIGHT, WIDTH] = [2, 16, 24];

Deno.test("a U-Net has the parameters of its description, and any size its strides divide", async () => {
  await startBackend("wasm");
  const conv = (from: number, to: number) => 9 * from * to + to;
  const encoder = conv(1, 4) + conv(4, 4) + conv(4, 6) + conv(6, 8) + 2 * conv(8, 8);
  const decoder = conv(8, 6) + 2 * conv(6, 6) + conv(6, 4) + conv(4, 4) + (4 * 2 + 2);
  const norms = 4 * (2 * 4 + 6 + 3 * 8 + 3 * 6 + 2 * 4); // gamma, beta, mean and variance
  for (const [firstStride, batchNorm] of [[1, false], [2, false], [2, true]] as const) {
    const network = buildNetwork({ ...CONFIG, firstStride, batchNorm }, { seed: 1 });
    assertEquals(network.parameterCount, encoder + decoder + (batchNorm ? norms : 0));
    assertEquals(network.sizeMultiple, 4 * firstStride);
    const { sizeMultiple: side } = network;
    const predicted = network.predictAb(tf.fill([2, 3 * side, side, 1], 40));
    assertEquals(predicted.shape, [2, 3 * side, side, 2]);
    predicted.dispose();
    network.dispose();
  }
});

Deno.test("a U-Net's skips carry what its coarse levels lose", async () => {
  await startBackend("wasm");
  const network = buildNetwork(CONFIG, { seed: 1 });
  // Without the way up from the coarsest level, only skips lead from lightness to color.
  const weights = await readWeights(network);
  for (const { name, values } of weights) if (name.startsWith("up2/")) values.fill(0);
  for (const { name, values } of weights) if (name.startsWith("down2/")) values.fill(0);
  assignWeights(network, new Map(weights.map((weight) => [weight.name, weight])));
  const lightness = randomShare().lightness;
  const colors = async (change: number) => {
    const changed = lightness.map((value, i) => i === 30 ? value + change : value);
    const predicted = network.predictAb(tf.tensor4d(changed, [IMAGES, HEIGHT, WIDTH, 1]));
    return await predicted.data();
  };
  const [before, after] = [await colors(0), await colors(40)];
  assert(before.some((value, i) => value !== after[i]));
  network.dispose();
});

for (const batchNorm of [false, true]) {
  const name = batchNorm ? "with batch norm" : "without norm";
  Deno.test(`a U-Net ${name} overfits one batch, and leaks no tensors`, async () => {
    await startBackend("wasm");
    await overfit({ ...CONFIG, batchNorm });
  });
}

async function overfit(config: UNetConfig): Promise<void> {
  const network = buildNetwork(config, { seed: 1 });
  const adam = new Adam(trainableVariables(network), { learningRate: 0.01 });
  const share = randomShare();
  const losses: number[] = [];
  let tensors = 0;
  for (let step = 0; step < 150; step++) {
    const context = wholeBatchContext({ seed: 1, step, batchImages: IMAGES });
    const { loss, gradients } = shareGradients(network, share, context);
    adam.step(gradients);
    losses.push((await loss.data())[0]!);
    tf.dispose([loss, ...gradients]);
    if (step === 1) tensors = tf.memory().numTensors;
  }
  assert(losses.at(-1)! < 0.1 * losses[0]!, `from ${losses[0]} to ${losses.at(-1)}`);
  assertEquals(tf.memory().numTensors, tensors);
  adam.dispose();
  network.dispose();
}

Deno.test("a U-Net predicts the same after its weights were saved and loaded", async () => {
  await startBackend("wasm");
  const config = { ...CONFIG, batchNorm: true };
  const [network, copy] = [1, 2].map((seed) => buildNetwork(config, { seed }));
  const lightness = tf.tensor4d(randomShare().lightness, [IMAGES, HEIGHT, WIDTH, 1]);
  loadWeights(copy!, await saveWeights(network!, "F32"));
  const [expected, predicted] = [network!.predictAb(lightness), copy!.predictAb(lightness)];
  assertEquals(await predicted.data(), await expected.data());
  tf.dispose([lightness, expected, predicted]);
  network!.dispose();
  copy!.dispose();
});

Deno.test("parseNetworkConfig() names what is wrong with a U-Net", () => {
  assertEquals(parseNetworkConfig({ ...CONFIG }), CONFIG);
  const wrong = (change: object, message: string) =>
    assertThrows(() => parseNetworkConfig({ ...CONFIG, ...change }), TypeError, message);
  wrong({ widths: [] }, "widths must be a list");
  wrong({ encoderConvs: [1, 0] }, "encoderConvs must be 3 whole numbers");
  wrong({ encoderConvs: [1, 0, -1] }, "encoderConvs must be 3 whole numbers");
  wrong({ decoderConvs: [1, 2, 1] }, "decoderConvs must be 2 whole numbers");
  wrong({ firstStride: 3 }, "firstStride must be 1 or 2");
  wrong({ batchNorm: undefined }, "batchNorm must be true or false");
});

/** Blocks of 4x4 pixels whose color follows from their lightness. */
function randomShare() {
  const pixels = IMAGES * HEIGHT * WIDTH;
  const values = new SeededRandom(5).values(pixels / 16);
  const at = (pixel: number) => {
    const [row, column] = [Math.floor(pixel / WIDTH), pixel % WIDTH];
    return values[(row >> 2) * WIDTH / 4 + (column >> 2)]!;
  };
  const lightness = Float32Array.from({ length: pixels }, (_, i) => 50 + 40 * at(i));
  const targetAb = Float32Array.from({ length: 2 * pixels }, (_, i) => 0.4 * at(i >> 1));
  return { count: IMAGES, heightPx: HEIGHT, widthPx: WIDTH, lightness, targetAb };
}
