import * as tf from "@tensorflow/tfjs";
import type { Palette } from "../network/palette.ts";

/** A closer look is one at so many times the sides. */
export const CLOSER = 2;

/** What a palette sees of a batch of pictures. */
export interface Seen {
  /** As for `Palette.predictLogits`, shape [N, H, W, 1]. */
  lightness: tf.Tensor4D;
  /** As for `Palette.predictLogits`, shape [N, H, W, 3]. */
  hints?: tf.Tensor4D | undefined;
  /** L* of the same pictures with more detail, shape [N, 2H, 2W, 1]. */
  closer?: tf.Tensor4D | undefined;
}

/**
 * The logits of pictures over several looks at them: see `featuresOfLooks`. The caller disposes the
 * result.
 * @returns Shape [N, H / 2, W / 2, Q].
 */
export function logitsOfLooks(
  palette: Pick<Palette, "features" | "logitsOf">,
  seen: Seen,
): tf.Tensor4D {
  return tf.tidy(() => palette.logitsOf(featuresOfLooks(palette, seen), seen.lightness));
}

/**
 * The features of pictures, averaged over several looks at them. Each is also seen in a mirror: what
 * a network makes of one side but not of the other, such as a brown corner of a blue sky, is halved.
 * Where there is more detail, half the say has a closer look: what was learned of parts of pictures
 * is found again there, and what is red from afar by chance is seldom so from nearby. Logits are
 * linear in features, so theirs are averaged, too. The caller disposes the result.
 * @returns Shape [N, H / 2, W / 2, C].
 */
export function featuresOfLooks(
  palette: Pick<Palette, "features">,
  { lightness, hints, closer }: Seen,
): tf.Tensor4D {
  return tf.tidy(() => {
    const both = palette.features(withMirrored(lightness), hints && withMirrored(hints));
    const [own, mirrored] = tf.split(both, 2) as [tf.Tensor4D, tf.Tensor4D];
    const features = halfOfEach(own, mirror(mirrored));
    if (!closer) return features;
    const near = palette.features(closer, hints && enlarged(hints));
    return halfOfEach(features, tf.avgPool(near, CLOSER, CLOSER, 0));
  });
}

function halfOfEach(one: tf.Tensor4D, other: tf.Tensor4D): tf.Tensor4D {
  return tf.div(tf.add(one, other), 2);
}

function withMirrored(planes: tf.Tensor4D): tf.Tensor4D {
  return tf.concat([planes, mirror(planes)]);
}

/** Swaps left and right. */
function mirror(planes: tf.Tensor4D): tf.Tensor4D {
  return tf.reverse(planes, 2);
}

/** Each hint lies on all pixels that its own one becomes. */
function enlarged(hints: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = hints.shape;
  return tf.image.resizeNearestNeighbor(hints, [CLOSER * height, CLOSER * width]);
}
