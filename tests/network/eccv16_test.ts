import { assertEquals, assertLessOrEqual } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { applyEccv16 } from "../../src/network/eccv16.ts";
import { InitialWeights } from "../../src/network/layers/initial_weights.ts";
import { webgpuTest } from "../webgpu.ts";
import { zhangError, zhangNetwork } from "./zhang_reference.ts";

/** In units of ab. */
const MOST_ERROR = 1e-3;

async function checkLikePytorch(backend: "wasm" | "webgpu"): Promise<void> {
  const device = await startBackend(backend);
  const network = await zhangNetwork("eccv16");
  assertLessOrEqual(await zhangError(network, "eccv16-ab"), MOST_ERROR);
  device.check();
  network.dispose();
}

Deno.test("eccv16 predicts what PyTorch predicts, on WASM", () => checkLikePytorch("wasm"));
webgpuTest("eccv16 predicts what PyTorch predicts, on WebGPU", () => checkLikePytorch("webgpu"));

Deno.test("eccv16 has the parameters of the paper, and a quarter of the sides as logits", async () => {
  await startBackend("wasm");
  const config = { kind: "eccv16", width: 64, temperature: 0.38 } as const;
  const lightness = tf.input({ shape: [null, null, 1] });
  const [logits, ab] = applyEccv16(lightness, config, {
    initial: new InitialWeights("blank"),
  });
  assertEquals([logits.shape[3], ab.shape[3]], [313, 2]);
  const layers = tf.model({ inputs: lightness, outputs: [logits, ab] });
  const count = (weights: tf.LayerVariable[]) =>
    weights.reduce((sum, { shape }) => sum + shape.reduce((size, side) => size! * side!, 1)!, 0);
  // PyTorch counts the colors of the bins among its parameters.
  assertEquals(count(layers.trainableWeights) + 313 * 2, 32_236_011);
  layers.dispose();
});

Deno.test("eccv16 takes any size that 8 divides, and leaks no tensors", async () => {
  await startBackend("wasm");
  const config = { kind: "eccv16", width: 2, temperature: 0.38 } as const;
  const network = buildNetwork(config, { seed: 3 });
  const before = tf.memory().numTensors;
  const lightness = tf.fill([2, 24, 40, 1], 60) as tf.Tensor4D;
  const ab = network.predictAb(lightness);
  assertEquals(ab.shape, [2, 24, 40, 2]);
  tf.dispose([lightness, ab]);
  assertEquals(tf.memory().numTensors, before);
  network.dispose();
});
