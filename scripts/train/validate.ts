/** Validation while training: the whole split, shared among the workers. */
import * as tf from "@tensorflow/tfjs";
import { makeBatch } from "../../src/data/batch.ts";
import { forEachConcurrently } from "../../src/data/concurrent.ts";
import type { ImageSplit } from "../../src/data/split.ts";
import { meanSquaredError } from "../../src/eval/mean_squared_error.ts";
import { psnr } from "../../src/eval/psnr.ts";
import type { AbPlanes } from "../../src/network/config.ts";
import type { Network } from "../../src/network/network.ts";
import type { Validation } from "../../src/train/loop.ts";
import { type ShareGroup, shareOf } from "../../src/train/share_group.ts";

const BATCH_IMAGES = 64;

/** One is made while a GPU works on another, and a third is read back. */
const BATCHES_AT_ONCE = 3;

/**
 * Makes the evaluator that training calls after each epoch.
 * @param split Validation images, of which the first `count` are taken.
 * @param group Workers that take a share each; all of them must call the evaluator.
 */
export function createValidator(
  split: ImageSplit,
  { count, group }: { count: number; group: ShareGroup | undefined },
): (network: Network) => Promise<Validation> {
  return async (network) => {
    const share = group ? shareOf(count, group) : { first: 0, count };
    const errors = new Float64Array(share.count);
    await forEachConcurrently(batches(share.count), BATCHES_AT_ONCE, async ([done, images]) => {
      const indices = Array.from({ length: images }, (_, i) => share.first + done + i);
      errors.set(await imageErrors(network, split, indices), done);
    });
    const sums = [0, 0];
    for (const error of errors) {
      sums[0]! += error;
      sums[1]! += psnr(error);
    }
    const total = group ? group.sum([sums]) : sums;
    return { loss: total[0]! / count, psnr: total[1]! / count };
  };
}

/** Where each batch begins, and how many images it has. */
async function* batches(count: number): AsyncGenerator<[done: number, images: number]> {
  for (let done = 0; done < count; done += BATCH_IMAGES) {
    yield [done, Math.min(BATCH_IMAGES, count - done)];
  }
}

/** Mean squared error of ab / 128 for each image, over the planes that the network predicts. */
async function imageErrors(
  network: Network,
  split: ImageSplit,
  indices: number[],
): Promise<number[]> {
  const { sizePx } = split;
  const count = indices.length;
  const batch = makeBatch(await split.readImages(indices), { count, sizePx });
  const predicted = tf.tidy(() =>
    network.predictAb(tf.tensor4d(batch.lightness, [count, sizePx, sizePx, 1]))
  );
  const values = await predicted.data() as Float32Array;
  predicted.dispose();
  const perImage = sizePx * sizePx * 2;
  const planes = network.config.kind === "encoder-decoder" ? network.config.planes : "ab";
  return indices.map((_, i) => {
    const range = [i * perImage, (i + 1) * perImage] as const;
    const image = (all: Float32Array) => selectPlanes(all.subarray(...range), planes);
    return meanSquaredError(image(batch.targetAb), image(values));
  });
}

function selectPlanes(ab: Float32Array, planes: AbPlanes): Float32Array {
  if (planes === "ab") return ab;
  const offset = planes === "a" ? 0 : 1;
  return ab.filter((_, i) => i % 2 === offset);
}
