import * as tf from "@tensorflow/tfjs";

/**
 * Gradient of nearest upsampling by a whole factor: sums each factor x factor block, by contiguous
 * slices first down, then across.
 * @param dy [N, H * factor, W * factor, C].
 * @returns [N, H, W, C].
 */
export function upsampleGradient(dy: tf.Tensor4D, factor: number): tf.Tensor4D {
  return tf.tidy(() => {
    const [images, tall, wide, channels] = dy.shape;
    const [height, width] = [tall / factor, wide / factor];
    const down = sumSlices(tf.reshape(dy, [images * height, factor, wide * channels]));
    const across = sumSlices(tf.reshape(down, [images * height * width, factor, channels]));
    return tf.reshape(across, [images, height, width, channels]);
  });
}

/** Sums axis 1 of [A, K, B] to [A, B]. */
function sumSlices(values: tf.Tensor): tf.Tensor {
  const [outer, count, inner] = values.shape as [number, number, number];
  let sum: tf.Tensor | undefined;
  for (let i = 0; i < count; i++) {
    const slice = tf.slice(values, [0, i, 0], [outer, 1, inner]);
    sum = sum ? tf.add(sum, slice) : slice;
  }
  return sum!;
}
