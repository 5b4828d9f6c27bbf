/**
 * How unlike pictures are in structure, as a loss: 1 - SSIM, with a gradient on every device. The
 * windows are those of `eval/ssim.ts`; as products with band matrices they need no convolution.
 * @see Wang, Bovik, Sheikh, Simoncelli 2004, "Image quality assessment", equation 13.
 */
import * as tf from "@tensorflow/tfjs";

const WINDOW = 11;
const SIGMA = 1.5;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/**
 * 1 - SSIM of each plane, summed. The caller disposes the result.
 * @param planes Of pictures, 0..1, shape [P, H, W].
 * @param truth Those they should be, of the same shape; no gradient reaches them.
 * @returns The sum over the planes, each 0 for the same and at most 2.
 * @throws {RangeError} When a side is under 11 pixels, or the shapes differ.
 */
export function structuralLoss(planes: tf.Tensor3D, truth: tf.Tensor3D): tf.Scalar {
  const [count, height, width] = planes.shape;
  if (Math.min(height, width) < WINDOW || `${planes.shape}` !== `${truth.shape}`) {
    const got = `[${planes.shape}] and [${truth.shape}]`;
    throw new RangeError(
      `Cannot compare structure: both must be planes of ${WINDOW}x${WINDOW} or more, got ${got}`,
    );
  }
  return tf.tidy(() => {
    const windows = { rows: windowMatrix(height), columns: windowMatrix(width) };
    const means = (x: tf.Tensor) => alongBoth(x as tf.Tensor3D, windows);
    const [x, y] = [means(planes), means(truth)];
    const products = tf.mul(x, y);
    const squares = tf.add(tf.square(x), tf.square(y));
    const covariance = tf.sub(means(tf.mul(planes, truth)), products);
    const meanSquares = means(tf.add(tf.square(planes), tf.square(truth)));
    const variances = tf.sub(meanSquares, squares);
    const above = tf.mul(tf.add(tf.mul(products, 2), C1), tf.add(tf.mul(covariance, 2), C2));
    const below = tf.mul(tf.add(squares, C1), tf.add(variances, C2));
    const positions = x.shape[1] * x.shape[2];
    return tf.sub(count, tf.div(tf.sum(tf.div(above, below)), positions)) as tf.Scalar;
  });
}

/**
 * Enlarges planes to twice the sides, bilinearly, as `tf.image.resizeBilinear` does with half-pixel
 * centers, which has no gradient on WASM. The caller disposes the result.
 * @param planes Shape [P, H, W].
 * @returns Shape [P, 2 * H, 2 * W].
 */
export function enlargeTwice(planes: tf.Tensor3D): tf.Tensor3D {
  const [, height, width] = planes.shape;
  return tf.tidy(() =>
    alongBoth(planes, { rows: doublingMatrix(height), columns: doublingMatrix(width) })
  );
}

/** Applies a matrix along the rows and one along the columns, [P, H, W] to [P, H', W']. */
function alongBoth(
  x: tf.Tensor3D,
  { rows, columns }: Record<"rows" | "columns", tf.Tensor2D>,
): tf.Tensor3D {
  return alongLast(alongLast(x, columns), rows);
}

/** Applies a matrix along the last axis and swaps the axes: [P, H, W] to [P, W', H]. */
function alongLast(x: tf.Tensor3D, matrix: tf.Tensor2D): tf.Tensor3D {
  const [planes, height, width] = x.shape;
  const applied = tf.matMul(tf.reshape(x, [planes * height, width]) as tf.Tensor2D, matrix);
  return tf.transpose(tf.reshape(applied, [planes, height, matrix.shape[1]]), [0, 2, 1]);
}

/** Means under a Gaussian window at the places where it lies inside, [size, size - 10]. */
function windowMatrix(size: number): tf.Tensor2D {
  const middle = (WINDOW - 1) / 2;
  const weights = Array.from(
    { length: WINDOW },
    (_, i) => Math.exp(-((i - middle) ** 2) / (2 * SIGMA ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const places = size - WINDOW + 1;
  const matrix = new Float32Array(size * places);
  for (let place = 0; place < places; place++) {
    for (let i = 0; i < WINDOW; i++) matrix[(place + i) * places + place] = weights[i]! / sum;
  }
  return tf.tensor2d(matrix, [size, places]);
}

/** Each value becomes two, a quarter of the way to its neighbors, [size, 2 * size]. */
function doublingMatrix(size: number): tf.Tensor2D {
  const matrix = new Float32Array(size * 2 * size);
  for (let to = 0; to < 2 * size; to++) {
    const own = to >> 1;
    const beside = Math.min(size - 1, Math.max(0, own + (to % 2 === 0 ? -1 : 1)));
    matrix[own * 2 * size + to]! += 0.75;
    matrix[beside * 2 * size + to]! += 0.25;
  }
  return tf.tensor2d(matrix, [size, 2 * size]);
}
