/** How unlike the places of two pictures are, by what a palette sees in them. */
import * as tf from "@tensorflow/tfjs";
import type { GrayPicture } from "../hint/gray_picture.ts";
import { remapLightness } from "../hint/welsh.ts";
import { resizePlaneArea, type SizePx } from "../image/resize.ts";
import { mirrorSides, paddedSize } from "./mirror_sides.ts";
import type { Model } from "./model.ts";
import { smallSize } from "./small_size.ts";

/** Short side of the copies that are compared: what `palette` was trained on. */
const COMPARED_PX = 64;

/** Pixels of a copy along the side of a place. */
const PLACE_PX = 4;
/** Pixels of a copy, about: those of one of 192 x 128. */
const COPY_PIXELS = 192 * 128;

/** What L* that differs by 20 costs, beside 0..2 for features. */
const LIGHTNESS_WEIGHT = 0.5;
const LIGHTNESS_UNIT = 20;
/** What the whole height costs: skies are above in most photographs. */
const HEIGHT_WEIGHT = 0.5;
/** Keeps what is the same everywhere from being divided by 0. */
const TINY = 1e-6;

/**
 * The size of the copies that are compared: the picture's aspect, about 24,576 pixels (more for a
 * strip), and sides that divide by 4.
 */
export function comparedSize(full: SizePx): SizePx {
  const { widthPx, heightPx } = smallSize(full, { sizePx: COMPARED_PX });
  const scale = Math.sqrt(COPY_PIXELS / (widthPx * heightPx));
  const side = (px: number) => PLACE_PX * Math.max(1, Math.round(px * scale / PLACE_PX));
  return { widthPx: side(widthPx), heightPx: side(heightPx) };
}

/** The places of a copy: squares of 4x4 pixels. */
export function placesOf({ widthPx, heightPx }: SizePx): SizePx {
  return { widthPx: widthPx / PLACE_PX, heightPx: heightPx / PLACE_PX };
}

/**
 * Compares each place of a picture with each one of a reference: 1 - cosine similarity of what the
 * palette sees, which is centered over both pictures first, plus squared differences in lightness,
 * that of the reference remapped to the target's, and in height.
 * @param target A copy of a `comparedSize`.
 * @param reference Likewise.
 * @returns Shape [places of the target, places of the reference].
 * @throws {RangeError} When the model is no palette.
 */
export async function featureCosts(
  model: Model,
  target: GrayPicture,
  reference: GrayPicture,
): Promise<Float32Array> {
  const [own, others] = [target, reference].map(lightnessOfPlaces) as [Float32Array, Float32Array];
  const costs = tf.tidy(() => {
    const features = [target, reference].map((picture) => placeFeatures(model, picture));
    const [one, other] = normalized(features as [tf.Tensor2D, tf.Tensor2D]);
    const likeness = tf.matMul(one, other, false, true); // [T, R]
    const lightness = squaredDifferences(own, remapLightness(others, own));
    const height = squaredDifferences(heightsOf(target), heightsOf(reference));
    return tf.addN([
      tf.sub(1, likeness),
      tf.mul(LIGHTNESS_WEIGHT / LIGHTNESS_UNIT ** 2, lightness),
      tf.mul(HEIGHT_WEIGHT, height),
    ]);
  });
  try {
    return await costs.data() as Float32Array;
  } finally {
    costs.dispose();
  }
}

/** What the palette sees in each place, shape [places, C]. */
function placeFeatures(
  { name, network: { palette, sizeMultiple } }: Model,
  { lightness, widthPx, heightPx }: GrayPicture,
): tf.Tensor2D {
  if (!palette) {
    throw new RangeError(
      `Cannot compare features: the model must be a palette, got ${name}, which predicts one ` +
        "color for each pixel",
    );
  }
  const size = { count: 1, channels: 1, widthPx, heightPx };
  const padded = paddedSize(size, Math.max(sizeMultiple, PLACE_PX));
  const seen = mirrorSides(lightness, size, padded);
  const features = palette.features(
    tf.tensor4d(seen, [1, padded.heightPx, padded.widthPx, 1]),
  ); // [1, H / 2, W / 2, C]
  const means = tf.avgPool(features, PLACE_PX / 2, PLACE_PX / 2, "valid");
  const places = placesOf({ widthPx, heightPx });
  const channels = means.shape[3];
  const own = tf.slice(means, [0, 0, 0, 0], [1, places.heightPx, places.widthPx, channels]);
  return tf.reshape(own, [places.heightPx * places.widthPx, channels]);
}

/** Features without what both pictures have in common, each channel counting alike; of length 1. */
function normalized(features: [tf.Tensor2D, tf.Tensor2D]): [tf.Tensor2D, tf.Tensor2D] {
  const { mean, variance } = tf.moments(tf.concat(features), 0);
  return features.map((own) => {
    const scaled = tf.div(tf.sub(own, mean), tf.sqrt(tf.add(variance, TINY)));
    return tf.div(scaled, tf.add(tf.norm(scaled, 2, 1, true), TINY));
  }) as [tf.Tensor2D, tf.Tensor2D];
}

function lightnessOfPlaces({ lightness, ...size }: GrayPicture): Float32Array {
  return resizePlaneArea(lightness, size, placesOf(size));
}

/** Heights of the places' middles, 0..1 from above. */
function heightsOf(picture: SizePx): Float32Array {
  const { widthPx, heightPx } = placesOf(picture);
  return Float32Array.from(
    { length: widthPx * heightPx },
    (_, at) => (Math.floor(at / widthPx) + 0.5) / heightPx,
  );
}

function squaredDifferences(own: Float32Array, others: Float32Array): tf.Tensor2D {
  const rows = tf.tensor2d(own, [own.length, 1]);
  return tf.squaredDifference(rows, tf.tensor2d(others, [1, others.length]));
}
