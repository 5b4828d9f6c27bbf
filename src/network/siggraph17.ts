import * as tf from "@tensorflow/tfjs";
import { BIN_STEP } from "../color/ab_bins.ts";
import { AB_SCALE } from "../color/normalize.ts";
import type { Siggraph17Config } from "./config.ts";
import { apply } from "./layers/apply.ts";
import type { InitialWeights } from "./layers/initial_weights.ts";
import { ZHANG_AB_SCALE, ZhangBlocks } from "./zhang_blocks.ts";

/** (L* - 50) / 100, hint ab / 110 and the hints' mask. */
export const SIGGRAPH17_CHANNELS = 4;

/** Sides of the grid of the class head's bins, in steps of a and b. */
export const SIGGRAPH17_GRID_SIDE = 23;
const SIGGRAPH17_BINS = SIGGRAPH17_GRID_SIDE ** 2;

/** Interleaved a*, b* of the bins: the whole grid, whatever sRGB can show, a by a. */
export const SIGGRAPH17_BIN_CENTERS: Float32Array = Float32Array.from(
  { length: 2 * SIGGRAPH17_BINS },
  (_, i) => {
    const bin = i >> 1;
    const step = i % 2 === 0 ? Math.floor(bin / SIGGRAPH17_GRID_SIDE) : bin % SIGGRAPH17_GRID_SIDE;
    return BIN_STEP * (step - (SIGGRAPH17_GRID_SIDE - 1) / 2);
  },
);

/** What the authors' program multiplies logits by before it suggests colors. */
export const SIGGRAPH17_SUGGESTION_POWER = 0.2;

/**
 * Applies the network of "Real-Time User-Guided Image Colorization": ten blocks with skips from the
 * first three, colors at full size, and beside them a distribution of colors at a quarter of the
 * sides, which suggests colors.
 * @param input What `siggraph17Input` makes, [N, H, W, 4]; sides divide by 8.
 * @returns ab / 110, [N, H, W, 2], and logits of the bins, [N, H / 4, W / 4, 529].
 * @see Zhang, Zhu, Isola et al. 2017, arXiv:1705.02999.
 */
export function applySiggraph17(
  input: tf.SymbolicTensor,
  { width }: Siggraph17Config,
  { initial }: { initial: InitialWeights },
): [ab: tf.SymbolicTensor, logits: tf.SymbolicTensor] {
  const blocks = new ZhangBlocks(initial);
  const block1 = blocks.block(input, 1, { filters: width, convs: 2 });
  const block2 = blocks.block(halved(block1, 1), 2, { filters: 2 * width, convs: 2 });
  const block3 = blocks.block(halved(block2, 2), 3, { filters: 4 * width });
  let features = halved(block3, 3);
  for (const [number, dilation] of [[4, 1], [5, 2], [6, 2], [7, 1]] as const) {
    features = blocks.block(features, number, { filters: 8 * width, dilation });
  }
  const block8 = joined(blocks, features, { number: 8, skip: block3, filters: 4 * width });
  const classes = { filters: SIGGRAPH17_BINS, kernelSize: 1, activation: "linear" } as const;
  const logits = blocks.conv(block8, "bins", classes);
  const block9 = joined(blocks, block8, { number: 9, skip: block2, filters: 2 * width });
  const last = joined(blocks, block9, { number: 10, skip: block1, filters: 2 * width });
  const head = { filters: 2, kernelSize: 1, activation: "tanh" } as const;
  return [blocks.conv(last, "output", head), logits];
}

/**
 * Puts together what the network sees.
 * @param lightness L*, 0..100, shape [N, H, W, 1].
 * @param hints ab / 128 and mask, shape [N, H, W, 3]; none when left out.
 * @returns Shape [N, H, W, 4]. The caller disposes it.
 */
export function siggraph17Input(lightness: tf.Tensor4D, hints?: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const [images, height, width] = lightness.shape;
    const normalized = tf.div(tf.sub(lightness, 50), 100) as tf.Tensor4D;
    if (!hints) return tf.concat([normalized, tf.zeros([images, height, width, 3])], 3);
    const [ab, mask] = tf.split(hints, [2, 1], 3);
    return tf.concat([normalized, tf.mul(ab!, AB_SCALE / ZHANG_AB_SCALE), mask!], 3) as tf.Tensor4D;
  });
}

/**
 * Predicts colors. The caller disposes the result.
 * @param lightness L*, 0..100, shape [N, H, W, 1].
 * @param hints ab / 128 and mask, shape [N, H, W, 3]; none when left out.
 * @returns ab / 128, shape [N, H, W, 2].
 */
export function predictSiggraph17(
  layers: tf.LayersModel,
  lightness: tf.Tensor4D,
  hints?: tf.Tensor4D,
): tf.Tensor4D {
  return tf.tidy(() => {
    const [ab] = layers.apply(siggraph17Input(lightness, hints), {
      training: false,
    }) as tf.Tensor4D[];
    return tf.mul(ab!, ZHANG_AB_SCALE / AB_SCALE) as tf.Tensor4D;
  });
}

/**
 * Predicts what the class head holds likely. The caller disposes the result.
 * @param lightness L*, 0..100, shape [N, H, W, 1].
 * @param hints ab / 128 and mask, shape [N, H, W, 3]; none when left out.
 * @returns Shares of the bins, shape [N, H / 4, W / 4, 529].
 */
export function predictShares(
  layers: tf.LayersModel,
  lightness: tf.Tensor4D,
  hints?: tf.Tensor4D,
): tf.Tensor4D {
  return tf.tidy(() => {
    const outputs = layers.apply(siggraph17Input(lightness, hints), { training: false });
    const [, logits] = outputs as tf.Tensor4D[];
    return tf.softmax(logits!) as tf.Tensor4D;
  });
}

/** Every other pixel of every other row. */
function halved(features: tf.SymbolicTensor, number: number): tf.SymbolicTensor {
  // A pool of one pixel takes it as it is; maximum pooling has a wrong gradient on WASM.
  const pool = tf.layers.averagePooling2d({ name: `half${number}`, poolSize: 1, strides: 2 });
  return apply(pool, features);
}

/** Enlarges features, adds those of a skip, and convolves both: the last block has one convolution. */
function joined(
  blocks: ZhangBlocks,
  features: tf.SymbolicTensor,
  { number, skip, filters }: { number: number; skip: tf.SymbolicTensor; filters: number },
): tf.SymbolicTensor {
  const enlarged = blocks.enlarge(features, `conv${number}_1`, { filters });
  const linear = { filters, activation: "linear" } as const;
  const beside = blocks.conv(skip, `skip${number}`, linear);
  const sum = apply(tf.layers.add({ name: `join${number}` }), [enlarged, beside]);
  const active = apply(tf.layers.reLU({ name: `relu${number}_1` }), sum);
  if (number === 8) return blocks.block(active, 8, { filters, convs: 2 });
  if (number === 9) return blocks.block(active, 9, { filters, convs: 1 });
  const last = blocks.conv(active, "conv10_2", linear);
  return apply(tf.layers.leakyReLU({ name: "relu10_2", alpha: 0.2 }), last);
}
