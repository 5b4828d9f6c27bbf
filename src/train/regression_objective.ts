/** The report's objective: mean squared error of ab / 128. */
import * as tf from "@tensorflow/tfjs";
import { augmentImages } from "../data/augment.ts";
import { makeBatch } from "../data/batch.ts";
import type { Network } from "../network/network.ts";
import type { Objective } from "./objective.ts";

/** Images to train on: a batch of `data/`, or any images of one size. */
export interface ImageShare {
  count: number;
  heightPx: number;
  widthPx: number;
  /** L*, 0..100, shape [N, H, W, 1]. */
  lightness: Float32Array;
  /** ab / 128, shape [N, H, W, 2]. */
  targetAb: Float32Array;
}

/** Mean squared error of ab / 128 over the planes that the network predicts. */
export const REGRESSION_OBJECTIVE: Objective<ImageShare> = {
  squaredError: true,

  makeShare(rgb, place) {
    const { count, sizePx } = place;
    const seen = place.augment ? augmentImages(rgb, place) : rgb;
    const { lightness, targetAb } = makeBatch(seen, { count, sizePx });
    return { count, heightPx: sizePx, widthPx: sizePx, lightness, targetAb };
  },

  lossOf(network, share, context) {
    const size = [share.count, share.heightPx, share.widthPx] as const;
    const lightness = tf.tensor4d(share.lightness, [...size, 1]);
    const target = tf.tensor4d(targetPlanes(network, share), [...size, planes(network)]);
    const kwargs = context as unknown as Parameters<tf.LayersModel["apply"]>[1];
    const predicted = network.layers!.apply(lightness, kwargs!) as tf.Tensor4D;
    const values = context.batchImages * share.heightPx * share.widthPx * planes(network);
    return tf.div(tf.sum(tf.squaredDifference(predicted, target)), values) as tf.Scalar;
  },
};

function planes({ config }: Network): number {
  return config.kind === "encoder-decoder" ? config.planes.length : 2;
}

/** Both planes of ab, or the one that the network predicts. */
function targetPlanes({ config }: Network, { targetAb }: ImageShare): Float32Array {
  if (config.kind !== "encoder-decoder" || config.planes === "ab") return targetAb;
  const plane = new Float32Array(targetAb.length / 2);
  const offset = config.planes === "a" ? 0 : 1;
  for (let i = 0; i < plane.length; i++) plane[i] = targetAb[2 * i + offset]!;
  return plane;
}
