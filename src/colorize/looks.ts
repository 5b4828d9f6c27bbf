import * as tf from "@tensorflow/tfjs";
import type { SizePx } from "../image/resize.ts";
import type { Palette } from "../network/palette.ts";

/** Closer looks are at so many times the sides. */
export const CLOSER = [1.5, 2] as const;

/** What a palette sees of a batch of pictures. */
export interface Seen {
  /** As for `Palette.predictLogits`, shape [N, H, W, 1]. */
  lightness: tf.Tensor4D;
  /** As for `Palette.predictLogits`, shape [N, H, W, 3]. */
  hints?: tf.Tensor4D | undefined;
  /**
   * L* of the same pictures with more detail, each at the scale of `CLOSER`, shape [N, h, w, 1] with
   * sides that the network takes; what lies beyond that many times H and W is not looked at.
   */
  closer?: readonly tf.Tensor4D[] | undefined;
}

/** The even sides of a closer look at a picture. */
export function closerSize({ heightPx, widthPx }: SizePx, scale: number): SizePx {
  const side = (px: number) => 2 * Math.round(px * scale / 2);
  return { heightPx: side(heightPx), widthPx: side(widthPx) };
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
 * The features of pictures, averaged over several looks at them. Every second one is in a mirror:
 * what a network makes of one side but not of the other, such as a brown corner of a blue sky, is
 * halved. Where there is more detail, half of the looks are closer: what was learned of parts of
 * pictures is found again there, and what is red from afar by chance is seldom so from nearby. Logits
 * are linear in features, so theirs are averaged, too. The caller disposes the result.
 * @returns Shape [N, H / 2, W / 2, C].
 */
export function featuresOfLooks(
  palette: Pick<Palette, "features">,
  { lightness, hints, closer = [] }: Seen,
): tf.Tensor4D {
  return tf.tidy(() => {
    const both = palette.features(withMirrored(lightness), hints && withMirrored(hints));
    const [own, mirrored] = tf.split(both, 2) as [tf.Tensor4D, tf.Tensor4D];
    const looks = [own, mirror(mirrored)];
    for (const [i, near] of closer.entries()) {
      const scale = CLOSER[i]!;
      const given = hints && enlarged(hints, { scale, like: near });
      const features = i % 2 === 0
        ? palette.features(near, given)
        : mirror(palette.features(mirror(near), given && mirror(given)));
      looks.push(fitted(features, { scale, like: own }));
    }
    return tf.div(tf.addN(looks), looks.length);
  });
}

function withMirrored(planes: tf.Tensor4D): tf.Tensor4D {
  return tf.concat([planes, mirror(planes)]);
}

/** Swaps left and right. */
function mirror(planes: tf.Tensor4D): tf.Tensor4D {
  return tf.reverse(planes, 2);
}

/** Each hint lies on all pixels that its own one becomes; there is none beyond. */
function enlarged(
  hints: tf.Tensor4D,
  { scale, like }: { scale: number; like: tf.Tensor4D },
): tf.Tensor4D {
  const [height, width] = [scale * hints.shape[1], scale * hints.shape[2]];
  const larger = tf.image.resizeNearestNeighbor(hints, [height, width]);
  const beyond = [like.shape[1] - height, like.shape[2] - width] as const;
  return tf.pad(larger, [[0, 0], [0, beyond[0]], [0, beyond[1]], [0, 0]]);
}

/** The features of what is looked at, at the places of those of the picture itself. */
function fitted(
  features: tf.Tensor4D,
  { scale, like }: { scale: number; like: tf.Tensor4D },
): tf.Tensor4D {
  const [count, height, width, channels] = like.shape;
  const [rows, columns] = [Math.round(scale * height), Math.round(scale * width)];
  const seen = tf.slice(features, 0, [count, rows, columns, channels]);
  return tf.image.resizeBilinear(seen, [height, width], false, true);
}
