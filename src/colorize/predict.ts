import * as tf from "@tensorflow/tfjs";
import { denormalizeAb } from "../color/normalize.ts";
import type { Model } from "./model.ts";

/** The size of a batch of pictures. */
export interface BatchShape {
  count: number;
  heightPx: number;
  widthPx: number;
}

/**
 * Predicts the colors of a batch of pictures. On a GPU, check the device for errors afterwards: a
 * failed GPU operation gives zeros.
 * @param lightness L*, 0..100, shape [N, H, W]; both sides divide by the network's `sizeMultiple`.
 * @returns Interleaved a*, b*, clamped to those of sRGB colors, shape [N, H, W, 2].
 * @throws {RangeError} When the length or a side does not fit.
 * @throws {Error} When the network predicts NaN.
 */
export async function predictAb(
  { name, network }: Model,
  lightness: Float32Array,
  { count, heightPx, widthPx }: BatchShape,
): Promise<Float32Array> {
  const shape = `${count} x ${heightPx} x ${widthPx}`;
  if (lightness.length !== count * heightPx * widthPx) {
    throw new RangeError(
      `Cannot predict colors: must get ${shape} values, got ${lightness.length}`,
    );
  }
  const { sizeMultiple } = network;
  if (heightPx % sizeMultiple !== 0 || widthPx % sizeMultiple !== 0) {
    throw new RangeError(
      `Cannot predict colors: sides must divide by ${sizeMultiple}, got ${shape}`,
    );
  }
  const predictedAb = tf.tidy(() =>
    network.predictAb(tf.tensor4d(lightness, [count, heightPx, widthPx, 1])) // [N, H, W, 2]
  );
  try {
    const ab = denormalizeAb(await predictedAb.data() as Float32Array);
    if (ab.some(Number.isNaN)) {
      throw new Error(`Cannot predict colors: ${name} must predict numbers, got NaN`);
    }
    return ab;
  } finally {
    predictedAb.dispose();
  }
}
