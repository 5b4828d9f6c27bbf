import * as tf from "@tensorflow/tfjs";

/**
 * How the neighbors of a place are heard, in turn: those beside it, then farther ones. Together they
 * weigh as a tent of 15 pixels to each side of a map of 32, within what has one lightness. Those
 * beside it are heard once more at the end: farther ones skip pixels, and leave colors that differ
 * from pixel to pixel. The deviation is that of what counts as one lightness, in L*: on validation
 * images 3.5 is nearer to the truth than 5 and 7, and photographs have no more blotches with it.
 */
export const COHERENCE = { dilations: [1, 2, 4, 8, 1], deviation: 3.5 } as const;

/**
 * Averages the features of a map over neighbors of the same lightness. What a place is unsure of its
 * neighbors decide: without, one gray hillside is red here and blue there, as each place chooses for
 * itself. Logits are linear in the features, so theirs are averaged, too. The caller disposes the
 * result.
 * @param features Shape [N, H / 2, W / 2, C].
 * @param lightness L*, 0..100, of the picture, shape [N, H, W, 1].
 * @returns Shape of the features.
 */
export function coherentFeatures(features: tf.Tensor4D, lightness: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const guide = tf.avgPool(lightness, 2, 2, "valid");
    const { dilations, deviation } = COHERENCE;
    return dilations.reduce(
      (x, dilation) => edgeAwareMean(x, guide, { dilation, deviation }),
      features,
    );
  });
}

function edgeAwareMean(
  x: tf.Tensor4D,
  guide: tf.Tensor4D,
  options: { dilation: number; deviation: number },
): tf.Tensor4D {
  return tf.engine().runKernel("EdgeAwareMean", { x, guide }, options) as tf.Tensor4D;
}
