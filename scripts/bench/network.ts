/** How many 64x64 images a second a network colorizes, and trains on, in one thread. */
import * as tf from "@tensorflow/tfjs";
import { type BackendChoice, startBackend } from "../../src/backend/start.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { type NetworkConfig, parseNetworkConfig } from "../../src/network/config.ts";
import type { Network } from "../../src/network/network.ts";
import { wholeBatchContext } from "../../src/network/network.ts";
import { Adam } from "../../src/train/adam.ts";
import { shareGradients, trainableVariables } from "../../src/train/step.ts";
import { median } from "./turns.ts";

/** Figures of one network on one device. */
export interface NetworkSpeed {
  network: string;
  device: string;
  batch: number;
  inferenceImagesPerSecond: number;
  trainingImagesPerSecond: number;
}

const SIZE_PX = 64;
const RUNS = 5;

/**
 * Times inference and whole training steps (forward, backward, optimizer), each read back.
 * @param options.batch Images per run.
 * @returns Rates of the median of five runs after one that warms up.
 */
export async function benchNetwork(
  backend: BackendChoice,
  { name, batch }: { name: string; batch: number },
): Promise<NetworkSpeed> {
  const device = await startBackend(backend);
  const network = buildNetwork(readConfig(name), { seed: 1 });
  const pixels = batch * SIZE_PX * SIZE_PX;
  const lightness = Float32Array.from({ length: pixels }, (_, i) => i % 101);
  const targetAb = Float32Array.from({ length: 2 * pixels }, (_, i) => (i % 13) / 60);
  const share = { count: batch, heightPx: SIZE_PX, widthPx: SIZE_PX, lightness, targetAb };
  const inferMs = await medianMs(() => infer(network, lightness, batch));
  const adam = new Adam(trainableVariables(network), { learningRate: 0.001 });
  const trainMs = await medianMs(async () => {
    const context = wholeBatchContext({ seed: 1, step: adam.steps, batchImages: batch });
    const { loss, gradients } = shareGradients(network, share, context);
    adam.step(gradients);
    await loss.data();
    tf.dispose([loss, ...gradients]);
  });
  device.check();
  adam.dispose();
  network.dispose();
  const rate = (durationMs: number) => batch / durationMs * 1000;
  const { description } = device;
  device.stop();
  return {
    network: name,
    device: description,
    batch,
    inferenceImagesPerSecond: rate(inferMs),
    trainingImagesPerSecond: rate(trainMs),
  };
}

async function infer(network: Network, lightness: Float32Array, batch: number): Promise<void> {
  const input = tf.tensor4d(lightness, [batch, SIZE_PX, SIZE_PX, 1]);
  const predicted = network.predictAb(input);
  await predicted.data();
  tf.dispose([input, predicted]);
}

async function medianMs(run: () => Promise<void>): Promise<number> {
  await run();
  const durationsMs: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const startMs = performance.now();
    await run();
    durationsMs.push(performance.now() - startMs);
  }
  return median(durationsMs)!;
}

function readConfig(name: string): NetworkConfig {
  const path = new URL(`../../models/${name}/config.json`, import.meta.url);
  return parseNetworkConfig(JSON.parse(Deno.readTextFileSync(path)).network);
}
