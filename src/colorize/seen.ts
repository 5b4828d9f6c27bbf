import * as tf from "@tensorflow/tfjs";
import type { SizePx } from "../image/resize.ts";
import type { Network } from "../network/network.ts";
import { hintTensor } from "./hint_tensor.ts";
import { CLOSER, closerSize, type Seen } from "./looks.ts";
import { mirrorSides, paddedSize } from "./mirror_sides.ts";

/** What a batch of pictures is seen by, in the units of people. */
export interface SeenPlanes {
  /** L*, 0..100, shape [N, H, W]. */
  lightness: Float32Array;
  /** a*, b* and mask, shape [N, H, W, 3]. */
  hints?: Float32Array | undefined;
  /** L* with more detail at the scales of `CLOSER`, each of the shape [N, ...closerSize]. */
  closer?: readonly Float32Array[] | undefined;
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
  const mirrored = (values: Float32Array, from: SizePx, to: SizePx) =>
    tf.tensor4d(
      mirrorSides(values, { count, channels: 1, ...from }, to),
      [count, to.heightPx, to.widthPx, 1],
    );
  return {
    lightness: mirrored(lightness, size, padded),
    hints: hints && hintTensor(
      mirrorSides(hints, { count, channels: 3, ...size }, padded),
      [count, padded.heightPx, padded.widthPx, 3],
    ),
    closer: closer?.map((values, i) => {
      const to = paddedSize(closerSize(padded, CLOSER[i]!), sizeMultiple);
      return mirrored(values, closerSize(size, CLOSER[i]!), to);
    }),
  };
}
