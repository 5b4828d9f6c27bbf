import * as tf from "@tensorflow/tfjs";
import { type AbMode, abModes } from "../color/ab_modes.ts";
import type { SizePx } from "../image/resize.ts";
import type { Distribution, Network } from "../network/network.ts";
import { featuresOfLooks, type Seen } from "./looks.ts";
import { mirrorSides, paddedSize } from "./mirror_sides.ts";
import type { Model } from "./model.ts";
import { seenBy, type SeenPlanes } from "./seen.ts";

/** What a network knows of the colors of a picture: a distribution for each pixel of a map. */
export interface ColorDistribution extends SizePx {
  /** Shares of the bins, shape [heightPx * widthPx * bins]. */
  shares: Float32Array;
  bins: number;
  /** Interleaved a*, b* of the bins, shape [bins * 2]. */
  binCenters: Float32Array;
  /** Of the shares, when they suggest colors. */
  suggestionPower: number;
}

/**
 * Predicts the distribution of colors of one picture, as the network learned it: no vividness.
 * @param lightness L*, 0..100, shape [H * W]; even sides for a palette.
 * @param options.hints a*, b* and mask in ab units, shape [H * W * 3]; none when left out.
 * @param options.closer L* with more detail, for a palette, as in `SeenPlanes`; none when left out.
 * @returns At half the sides, those of other networks at a quarter.
 * @throws {RangeError} When the model predicts colors alone.
 * @throws {Error} When the network predicts NaN.
 */
export async function predictDistribution(
  { name, network }: Model,
  lightness: Float32Array,
  { heightPx, widthPx, ...given }: SizePx & Omit<SeenPlanes, "lightness">,
): Promise<ColorDistribution> {
  const { distribution } = network;
  if (!distribution) {
    throw new RangeError(
      `Cannot predict a distribution: the model must predict some, got ${name}, which predicts ` +
        "colors alone",
    );
  }
  const size = { count: 1, heightPx, widthPx };
  const padded = paddedSize(size, network.sizeMultiple);
  const predicted = tf.tidy(() =>
    sharesOf(network, distribution, seenBy(network, { lightness, ...given }, size))
  );
  try {
    const [, rows, columns, bins] = predicted.shape;
    const map = { count: 1, heightPx: rows!, widthPx: columns!, channels: bins! };
    const part = rows! / padded.heightPx;
    const small = { heightPx: Math.ceil(heightPx * part), widthPx: Math.ceil(widthPx * part) };
    const shares = mirrorSides(await predicted.data() as Float32Array, map, small);
    if (shares.some(Number.isNaN)) {
      throw new Error(`Cannot predict a distribution: ${name} must predict numbers, got NaN`);
    }
    const { binCenters, suggestionPower } = distribution;
    return { shares, bins: bins!, binCenters, suggestionPower, ...small };
  } finally {
    predicted.dispose();
  }
}

/** A palette looks as it does for colors. */
function sharesOf({ palette }: Network, distribution: Distribution, seen: Seen): tf.Tensor4D {
  if (palette) return palette.sharesOf(featuresOfLooks(palette, seen));
  return distribution.predictShares(seen.lightness, seen.hints);
}

/**
 * How unsure the network is of each pixel's color: the entropy of its distribution over that of
 * the uniform one.
 * @returns 0 (sure) to 1 (no idea), shape [heightPx * widthPx].
 */
export function uncertaintyOf({ shares, bins }: ColorDistribution): Float32Array {
  const uncertainty = new Float32Array(shares.length / bins);
  for (let pixel = 0; pixel < uncertainty.length; pixel++) {
    let entropy = 0;
    for (let at = pixel * bins; at < (pixel + 1) * bins; at++) {
      if (shares[at]! > 0) entropy -= shares[at]! * Math.log(shares[at]!);
    }
    uncertainty[pixel] = entropy / Math.log(bins);
  }
  return uncertainty;
}

/**
 * Suggests colors for a place: the modes of the mean distribution of the 3x3 pixels around it, to
 * the power that the network suggests by.
 * @param options.count At most so many.
 * @returns The most likely first.
 */
export function suggestColors(
  { shares, bins, binCenters, suggestionPower, heightPx, widthPx }: ColorDistribution,
  { x, y, count }: { x: number; y: number; count: number },
): AbMode[] {
  const around = new Float64Array(bins);
  let pixels = 0;
  for (let row = Math.max(0, y - 1); row <= Math.min(heightPx - 1, y + 1); row++) {
    for (let column = Math.max(0, x - 1); column <= Math.min(widthPx - 1, x + 1); column++) {
      const start = (row * widthPx + column) * bins;
      for (let bin = 0; bin < bins; bin++) around[bin]! += shares[start + bin]!;
      pixels++;
    }
  }
  const powers = around.map((sum) => (sum / pixels) ** suggestionPower);
  const total = powers.reduce((sum, power) => sum + power, 0);
  const mean = powers.map((power) => power / total);
  return abModes(mean, { centers: binCenters, count });
}
