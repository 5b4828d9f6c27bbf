import * as tf from "@tensorflow/tfjs";
import type { SizePx } from "../image/resize.ts";
import type { Network } from "../network/network.ts";
import { hintTensor } from "./hint_tensor.ts";
import { CLOSER, type Seen } from "./looks.ts";
import { mirrorSides, paddedSize, type PlaneShape } from "./mirror_sides.ts";

/** What a batch of pictures is seen by, in the units of people. */
export interface SeenPlanes {
  /** L*, 0..100, shape [N, H, W]. */
  lightness: Float32Array;
  /** a*, b* and mask, shape [N, H, W, 3]. */
  hints?: Float32Array | undefined;
  /** L* with more detail, shape [N, 2H, 2W]. */
  closer?: Float32Array | undefined;
}

/**
 * Makes what a network sees of a batch of pictures, with mirrored sides up to those that it takes.
 * The caller disposes the tensors.
 */
export function seenBy(
  { sizeMultiple }: Pick<Network, "sizeMultiple">,
  { lightness, hints, closer }: SeenPlanes,
  { count, ...size }: SizePx & { count: number },
): Seen {
  const padded = paddedSize(size, sizeMultiple);
  const planes = (values: Float32Array, times = 1, channels = 1) => {
    const shape: PlaneShape = { count, channels, ...enlarged(size, times) };
    return mirrorSides(values, shape, enlarged(padded, times));
  };
  const shape = (times: number, channels: number): [number, number, number, number] => {
    const { heightPx, widthPx } = enlarged(padded, times);
    return [count, heightPx, widthPx, channels];
  };
  return {
    lightness: tf.tensor4d(planes(lightness), shape(1, 1)),
    hints: hints && hintTensor(planes(hints, 1, 3), shape(1, 3)),
    closer: closer && tf.tensor4d(planes(closer, CLOSER), shape(CLOSER, 1)),
  };
}

function enlarged({ heightPx, widthPx }: SizePx, times: number): SizePx {
  return { heightPx: times * heightPx, widthPx: times * widthPx };
}
