import * as tf from "@tensorflow/tfjs";
import type { Palette } from "../network/palette.ts";

/**
 * The logits of pictures, averaged with those of the same pictures seen in a mirror: what a network
 * makes of one side but not of the other, such as a brown corner of a blue sky, is halved. Logits are
 * linear in the features of a picture, so those are averaged, which leaves the rest to be done once.
 * The caller disposes the result.
 * @param lightness As for `Palette.predictLogits`, shape [N, H, W, 1].
 * @param hints As for `Palette.predictLogits`, shape [N, H, W, 3].
 * @returns Shape [N, H / 2, W / 2, Q].
 */
export function logitsOfBothWays(
  palette: Pick<Palette, "features" | "logitsOf">,
  lightness: tf.Tensor4D,
  hints?: tf.Tensor4D,
): tf.Tensor4D {
  return tf.tidy(() => {
    const both = palette.features(withMirrored(lightness), hints && withMirrored(hints));
    const [own, mirrored] = tf.split(both, 2) as [tf.Tensor4D, tf.Tensor4D];
    return palette.logitsOf(tf.div(tf.add(own, mirror(mirrored)), 2), lightness);
  });
}

function withMirrored(planes: tf.Tensor4D): tf.Tensor4D {
  return tf.concat([planes, mirror(planes)]);
}

/** Swaps left and right. */
function mirror(planes: tf.Tensor4D): tf.Tensor4D {
  return tf.reverse(planes, 2);
}
