import * as tf from "@tensorflow/tfjs";
import { type DecodeSettings, decodeSettings } from "../color/decode_bins.ts";
import type { PaletteConfig, UNetShape } from "./config.ts";
import { coherentFeatures } from "./coherent_features.ts";
import { decodeLogits } from "./decode_logits.ts";
import { BinHead } from "./layers/bin_head.ts";
import { HEAD_SEED_OFFSET, type InitialWeights } from "./layers/initial_weights.ts";
import { applyUNetBody } from "./u_net.ts";

/** Normalized lightness, hint ab / 128 and the hints' mask. */
export const PALETTE_CHANNELS = 4;

/** What a network that predicts distributions of colors can do beside `predictAb`. */
export interface Palette {
  /**
   * Predicts the distribution of colors of each pixel of a half-resolution map: what the layers make
   * of it and of neighbors of the same lightness. The caller disposes the result.
   * @param lightness L* in 0..100, shape [N, H, W, 1].
   * @param hints Colors that the user gives: ab / 128 and 1 where one is given, 0 all three where
   * none is, shape [N, H, W, 3].
   * @returns Logits of the bins of `color/gamut_bins.ts`, shape [N, H / 2, W / 2, Q].
   */
  predictLogits(lightness: tf.Tensor4D, hints?: tf.Tensor4D): tf.Tensor4D;
  /**
   * What the network makes of a picture before it chooses colors: the features of the finest level,
   * which the last layer turns into logits. Places that may have the same colors have similar ones.
   * The caller disposes the result.
   * @param lightness L* in 0..100, shape [N, H, W, 1].
   * @param hints As for `predictLogits`.
   * @returns Shape [N, H / 2, W / 2, C].
   */
  features(lightness: tf.Tensor4D, hints?: tf.Tensor4D): tf.Tensor4D;
  /**
   * Turns features into logits as `predictLogits` does. The caller disposes the result.
   * @param features What `features` gives, shape [N, H / 2, W / 2, C].
   * @param lightness Of the same pictures, shape [N, H, W, 1].
   * @returns Shape [N, H / 2, W / 2, Q].
   */
  logitsOf(features: tf.Tensor4D, lightness: tf.Tensor4D): tf.Tensor4D;
  /**
   * Turns features into the shares that each place gives the bins by itself, whatever its neighbors
   * see. The caller disposes the result.
   * @param features What `features` gives, shape [N, H / 2, W / 2, C].
   * @returns Shape [N, H / 2, W / 2, Q], with sum 1.
   */
  sharesOf(features: tf.Tensor4D): tf.Tensor4D;
  /**
   * Decodes logits to colors; `decodeSettings` gives the settings of a vividness. The caller
   * disposes the result.
   * @returns ab / 128, shape [N, H, W, 2], where logits are [N, H, W, Q].
   */
  decode(logits: tf.Tensor4D, settings: DecodeSettings): tf.Tensor4D;
  /**
   * Predicts colors at full size: logits, decoded and enlarged bilinearly. The caller disposes the
   * result.
   * @returns ab / 128, shape [N, H, W, 2].
   * @throws {RangeError} When vividness is outside 0..1.
   */
  predictColors(
    lightness: tf.Tensor4D,
    options: { hints?: tf.Tensor4D; vividness: number },
  ): tf.Tensor4D;
}

/** The U-Net of a palette: its finest level has half the sides of the picture. */
export function paletteShape(config: PaletteConfig): UNetShape {
  return { ...config, firstStride: 2 };
}

/**
 * Applies the palette network.
 * @param input What `paletteInput` makes, [N, H, W, 4].
 * @returns Logits of the ab bins, [N, H / 2, W / 2, Q].
 */
export function applyPalette(
  input: tf.SymbolicTensor,
  config: PaletteConfig,
  { initial }: { initial: InitialWeights },
): tf.SymbolicTensor {
  const headInitial = initial.at(HEAD_SEED_OFFSET);
  const features = applyUNetBody(input, paletteShape(config), { initial });
  return new BinHead({ name: "bins", initial: headInitial }).apply(features) as tf.SymbolicTensor;
}

/**
 * Puts together what the network sees, for training and inference alike.
 * @param lightness L* in 0..100, shape [N, H, W, 1].
 * @param hints ab / 128 and mask, shape [N, H, W, 3]; none when left out.
 * @returns Shape [N, H, W, 4]. The caller disposes it.
 */
export function paletteInput(lightness: tf.Tensor4D, hints?: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const normalized = tf.sub(tf.div(lightness, 50), 1) as tf.Tensor4D;
    if (hints) return tf.concat([normalized, hints], 3);
    return tf.pad(normalized, [[0, 0], [0, 0], [0, 0], [0, PALETTE_CHANNELS - 1]]); // no hint: 0
  });
}

/** The methods of a palette over its layers. */
export function paletteOf(layers: tf.LayersModel): Palette {
  const head = layers.layers.at(-1) as BinHead;
  const decode: Palette["decode"] = (logits, settings) =>
    decodeLogits(logits, { ...settings, prior: head.prior });
  let body: tf.LayersModel | undefined; // shares the layers, and so their weights
  const features: Palette["features"] = (lightness, hints) => {
    body ??= tf.model({ inputs: layers.inputs, outputs: head.input as tf.SymbolicTensor });
    const input = () => paletteInput(lightness, hints);
    return tf.tidy(() => body!.apply(input(), { training: false }) as tf.Tensor4D);
  };
  const logitsOf: Palette["logitsOf"] = (seen, lightness) =>
    tf.tidy(() => head.apply(coherentFeatures(seen, lightness)) as tf.Tensor4D);
  const sharesOf: Palette["sharesOf"] = (seen) =>
    tf.tidy(() => tf.softmax(head.apply(seen) as tf.Tensor4D));
  const predictLogits: Palette["predictLogits"] = (lightness, hints) =>
    tf.tidy(() => logitsOf(features(lightness, hints), lightness));
  return {
    predictLogits,
    features,
    logitsOf,
    sharesOf,
    decode,
    predictColors: (lightness, { hints, vividness }) =>
      tf.tidy(() => {
        const [, height, width] = lightness.shape;
        const small = decode(predictLogits(lightness, hints), decodeSettings(vividness));
        return tf.image.resizeBilinear(small, [height, width], false, true);
      }),
  };
}
