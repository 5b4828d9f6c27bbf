import { assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { InitialWeights } from "../../src/network/layers/initial_weights.ts";
import { applySiggraph17, SIGGRAPH17_CHANNELS } from "../../src/network/siggraph17.ts";
import { webgpuTest } from "../webgpu.ts";
import { zhangError, zhangHints, zhangNetwork } from "./zhang_reference.ts";

/** In units of ab. */
const MOST_ERROR = 1e-3;

async function checkLikePytorch(backend: "wasm" | "webgpu"): Promise<void> {
  const device = await startBackend(backend);
  const network = await zhangNetwork("siggraph17");
  assertLessOrEqual(await zhangError(network, "siggraph17-ab"), MOST_ERROR);
  const hints = zhangHints();
  assertLessOrEqual(await zhangError(network, "siggraph17-hinted-ab", hints), MOST_ERROR);
  assertGreater(await zhangError(network, "siggraph17-ab", hints), 1);
  device.check();
  hints.dispose();
  network.dispose();
}

const LIKE_PYTORCH = "siggraph17 predicts what PyTorch predicts, hinted and not";
Deno.test(`${LIKE_PYTORCH}, on WASM`, () => checkLikePytorch("wasm"));
webgpuTest(`${LIKE_PYTORCH}, on WebGPU`, () => checkLikePytorch("webgpu"));

Deno.test("siggraph17 has the parameters of the paper, with the class head", async () => {
  await startBackend("wasm");
  const input = tf.input({ shape: [null, null, SIGGRAPH17_CHANNELS] });
  const config = { kind: "siggraph17", width: 64 } as const;
  const [ab, logits] = applySiggraph17(input, config, {
    initial: new InitialWeights("blank"),
  });
  assertEquals([ab.shape[3], logits.shape[3]], [2, 529]);
  const layers = tf.model({ inputs: input, outputs: [ab, logits] });
  const count = layers.trainableWeights.reduce(
    (sum, { shape }) => sum + shape.reduce((size, side) => size! * side!, 1)!,
    0,
  );
  assertEquals(count, 34_187_027);
  layers.dispose();
});

Deno.test("siggraph17 takes any size that 8 divides, and leaks no tensors", async () => {
  await startBackend("wasm");
  const network = buildNetwork({ kind: "siggraph17", width: 2 }, { seed: 3 });
  const before = tf.memory().numTensors;
  const lightness = tf.fill([2, 16, 40, 1], 60) as tf.Tensor4D;
  const ab = network.predictAb(lightness);
  assertEquals(ab.shape, [2, 16, 40, 2]);
  tf.dispose([lightness, ab]);
  assertEquals(tf.memory().numTensors, before);
  network.dispose();
});
