/** The report's objective: mean squared error of ab / 128. */
import * as tf from "@tensorflow/tfjs";
import { rgbToLab } from "../color/lab.ts";
import { AB_SCALE, normalizeAb } from "../color/normalize.ts";
import { augmentImages } from "../data/augment.ts";
import type { Network } from "../network/network.ts";
import { runKernel } from "../network/layers/run_kernel.ts";
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

/** The same as 8-bit pixels, which the training thread converts: on a GPU, if there is one. */
export interface RgbShare {
  count: number;
  heightPx: number;
  widthPx: number;
  /** 8-bit RGB, shape [N * H * W * 3], and up to 3 bytes more to fill whole words of 4. */
  rgb: Uint8Array;
}

/** Mean squared error of ab / 128 over the planes that the network predicts. */
export const REGRESSION_OBJECTIVE: Objective<ImageShare | RgbShare> = {
  squaredError: true,

  makeShare(pixels, place) {
    const { count, sizePx } = place;
    const seen = place.augment ? augmentImages(pixels, place) : pixels;
    const rgb = new Uint8Array(4 * Math.ceil(seen.length / 4));
    rgb.set(seen);
    return { count, heightPx: sizePx, widthPx: sizePx, rgb };
  },

  lossOf(network, share, context) {
    const { count, heightPx, widthPx } = share;
    const [lightness, targetAb] = toLab(share);
    const [first, planes] = planesOf(network);
    const target = tf.slice(targetAb, [0, 0, 0, first], [count, heightPx, widthPx, planes]);
    const kwargs = context as unknown as Parameters<tf.LayersModel["apply"]>[1];
    const predicted = network.layers!.apply(lightness, kwargs!) as tf.Tensor4D;
    const values = context.batchImages * heightPx * widthPx * planes;
    return tf.div(tf.sum(tf.squaredDifference(predicted, target)), values) as tf.Scalar;
  },
};

/** L* [N, H, W, 1] and ab / 128 [N, H, W, 2] of a share. */
function toLab(share: ImageShare | RgbShare): [tf.Tensor4D, tf.Tensor4D] {
  const { count, heightPx, widthPx } = share;
  const shape: [number, number, number] = [count, heightPx, widthPx];
  if ("rgb" in share && tf.getBackend() === "webgpu") {
    const rgb = tf.tensor1d(new Int32Array(share.rgb.buffer), "int32");
    return runKernel("RgbToLab", { inputs: { rgb }, attributes: { shape, abScale: AB_SCALE } });
  }
  const { lightness, targetAb } = "rgb" in share ? labOf(share) : share;
  return [tf.tensor4d(lightness, [...shape, 1]), tf.tensor4d(targetAb, [...shape, 2])];
}

function labOf({ rgb, ...size }: RgbShare): Pick<ImageShare, "lightness" | "targetAb"> {
  const pixels = size.count * size.heightPx * size.widthPx;
  const { lightness, ab } = rgbToLab(rgb.subarray(0, 3 * pixels), 3);
  return { lightness, targetAb: normalizeAb(ab) };
}

/** The first plane of ab that a network predicts, and how many. */
function planesOf({ config }: Network): [first: number, count: number] {
  if (config.kind !== "encoder-decoder" || config.planes === "ab") return [0, 2];
  return [config.planes === "a" ? 0 : 1, 1];
}
