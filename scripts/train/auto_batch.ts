/** `--batch auto`: the most images a step that the device has room for. */
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { buildNetwork } from "../../src/network/build.ts";
import type { NetworkConfig } from "../../src/network/config.ts";
import { largestBatch } from "../../src/network/footprint.ts";
import { type Network, wholeBatchContext } from "../../src/network/network.ts";
import { objectiveOf } from "../../src/train/objective.ts";
import { shareGradients } from "../../src/train/step.ts";

/** Beyond it a step gains no speed, and an epoch has few steps to learn in. */
export const MOST_BATCH = 512;

/** What a worker's tensors may take: no API tells a GPU's memory; a WASM heap ends at 4 GiB. */
const MEMORY_BYTES = { webgpu: 4 * 2 ** 30, wasm: 2 ** 30 };

/** What decides how large a batch can be. */
export interface BatchOptions {
  backend: "webgpu" | "wasm";
  /** Workers that share a batch. */
  workers: number;
  sizePx: number;
  /** Images there are to train on. */
  images: number;
}

/**
 * Chooses the largest power of two whose activations fit the device's limits and our share of its
 * memory; on a GPU it halves it until a step goes through without an error of the device.
 * @throws {RangeError} When not even one image fits.
 */
export async function chooseBatch(
  config: NetworkConfig,
  { backend, workers, sizePx, images }: BatchOptions,
): Promise<number> {
  const device = await startBackend(backend);
  const network = buildNetwork(config);
  try {
    const { maxTensorBytes } = device;
    const limits = { maxTensorBytes, memoryBytes: MEMORY_BYTES[backend] };
    const share = largestBatch(network, { heightPx: sizePx, widthPx: sizePx, ...limits });
    let batch = powerOfTwo(Math.min(MOST_BATCH, images, workers * share));
    // A WASM heap that a step has filled stays as large, and the sizes tell all there is to know.
    const fits = async () =>
      backend === "wasm" || await device.fits(() => tryStep(network, batch, sizePx));
    while (batch >= 1 && !await fits()) batch = Math.floor(batch / 2);
    if (batch >= 1) return batch;
    throw new RangeError(
      `Cannot choose a batch: one image of ${sizePx}x${sizePx} must fit into ${device.description}, got more`,
    );
  } finally {
    network.dispose();
    device.stop();
  }
}

/** The largest power of two up to a number; 0 below 1. */
function powerOfTwo(most: number): number {
  return most < 1 ? 0 : 2 ** Math.floor(Math.log2(most));
}

/** Takes a step on black images, up to the update of the weights. */
async function tryStep(network: Network, count: number, sizePx: number): Promise<void> {
  const positions = Array.from({ length: count }, (_, i) => i);
  const place = { count, sizePx, seed: 0, epoch: 0, positions, augment: false, aged: 0 };
  const rgb = new Uint8Array(count * sizePx * sizePx * 3);
  const share = objectiveOf(network.config).makeShare(rgb, place);
  const context = wholeBatchContext({ seed: 0, step: 0, batchImages: count });
  const { loss, gradients } = shareGradients(network, share, context);
  try {
    await loss.data();
  } finally {
    tf.dispose([loss, ...gradients]);
  }
}
