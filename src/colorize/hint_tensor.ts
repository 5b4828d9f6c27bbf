import * as tf from "@tensorflow/tfjs";
import { AB_SCALE } from "../color/normalize.ts";

/**
 * Hints in the units of the network.
 * @param hints a*, b* and mask, shape [N, H, W, 3].
 * @returns ab / 128 and the mask as it is. The caller disposes it.
 */
export function hintTensor(
  hints: Float32Array,
  shape: [images: number, height: number, width: number, planes: number],
): tf.Tensor4D {
  return tf.tensor4d(hints.map((value, i) => i % 3 === 2 ? value : value / AB_SCALE), shape);
}
