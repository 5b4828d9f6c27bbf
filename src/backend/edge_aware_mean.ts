/** Means over neighbors that look alike: one step of an edge-avoiding filter. */
import * as tf from "@tensorflow/tfjs";
import { type KernelCall, type OwnKernel, registerOwnKernel } from "./own_kernels.ts";

/** What the kernel is given. */
export interface EdgeAwareMeanCall {
  /** What is averaged, shape [N, H, W, C]. */
  x: tf.Tensor4D;
  /** What neighbors are compared by, shape [N, H, W, 1]. */
  guide: tf.Tensor4D;
  /** Pixels to the 8 neighbors, in rows and columns. */
  dilation: number;
  /** Standard deviation of the weight exp(-d^2 / (2 deviation^2)), in units of the guide. */
  deviation: number;
}

/** What each of the 3x3 taps counts by its place. */
export const TAP_SHARES: readonly number[] = [0.25, 0.5, 0.25, 0.5, 1, 0.5, 0.25, 0.5, 0.25];

/** Far from all lightness: neighbors beyond the picture weigh nothing. */
const BEYOND = 1e4;

/**
 * Registers a backend's kernel `EdgeAwareMean`, with what it means in tfjs' own operations: it
 * averages each pixel with its 8 neighbors at a distance; those of another guide count less, and
 * those beyond the picture not at all. Beside, neighbors at a side count half of the middle, those at
 * a corner a quarter: means at distances that double then have no grid in them.
 * @see Dammertz et al. 2010, "Edge-Avoiding A-Trous Wavelet Transform", here with 1, 2, 1.
 */
export function registerEdgeAwareMean(
  backendName: OwnKernel["backendName"],
  run: (call: EdgeAwareMeanCall) => tf.TensorInfo,
): void {
  registerOwnKernel({
    kernelName: "EdgeAwareMean",
    backendName,
    run: (call) => run(callOf(call)),
    compose: (call) => composeEdgeAwareMean(callOf(call)),
  });
}

function callOf({ inputs, attributes }: KernelCall): EdgeAwareMeanCall {
  return { ...inputs, ...attributes } as unknown as EdgeAwareMeanCall;
}

function composeEdgeAwareMean(
  { x, guide, dilation, deviation }: EdgeAwareMeanCall,
): tf.Tensor4D {
  return tf.tidy(() => {
    const [images, height, width, channels] = x.shape;
    const sides: [number, number] = [dilation, dilation];
    const paddings: Parameters<typeof tf.pad4d>[1] = [[0, 0], sides, sides, [0, 0]];
    const [values, guides] = [tf.pad4d(x, paddings), tf.pad4d(guide, paddings, BEYOND)];
    let [sum, total] = [tf.zerosLike(x), tf.zerosLike(guide)];
    for (let tap = 0; tap < 9; tap++) {
      const begin = [0, dilation * Math.floor(tap / 3), dilation * (tap % 3), 0] as const;
      const other = tf.slice4d(guides, [...begin], [images, height, width, 1]);
      const exponent = tf.div(tf.squaredDifference(other, guide), -2 * deviation ** 2);
      const weight = tf.mul(tf.exp(exponent), TAP_SHARES[tap]!) as tf.Tensor4D;
      const neighbor = tf.slice4d(values, [...begin], [images, height, width, channels]);
      sum = tf.add(sum, tf.mul(weight, neighbor));
      total = tf.add(total, weight);
    }
    return tf.div(sum, total);
  });
}
