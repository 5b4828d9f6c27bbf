import type * as tf from "@tensorflow/tfjs";
import { type EdgeAwareMeanCall, TAP_SHARES } from "../edge_aware_mean.ts";
import { heapTensor, heapView } from "./heap.ts";

/** Kernel `EdgeAwareMean` on the values where they lie. */
export function edgeAwareMean(
  { x, guide, dilation, deviation }: EdgeAwareMeanCall,
): tf.TensorInfo {
  const [images, height, width, channels] = x.shape;
  const result = heapTensor(x.shape);
  const [values, guides, means] = [heapView(x), heapView(guide), heapView(result)];
  const taps = { starts: new Int32Array(9), weights: new Float64Array(9) };
  const scale = -1 / (2 * deviation ** 2);
  for (let at = 0; at < images * height * width; at++) {
    const column = at % width, row = Math.floor(at / width) % height;
    let tap = 0, total = 0;
    for (let down = -dilation; down <= dilation; down += dilation) {
      const isRow = row + down >= 0 && row + down < height;
      for (let across = -dilation; across <= dilation; across += dilation, tap++) {
        const isInside = isRow && column + across >= 0 && column + across < width;
        const other = isInside ? at + down * width + across : at;
        const weight = isInside
          ? TAP_SHARES[tap]! * Math.exp(scale * (guides[other]! - guides[at]!) ** 2)
          : 0;
        taps.starts[tap] = other * channels;
        taps.weights[tap] = weight;
        total += weight;
      }
    }
    for (tap = 0; tap < 9; tap++) taps.weights[tap]! /= total;
    mix(values, taps, { means, start: at * channels, channels });
  }
  return result;
}

/** Sums nine runs of values in one pass: each mean is written once. */
function mix(
  values: Float32Array,
  { starts, weights }: { starts: Int32Array; weights: Float64Array },
  { means, start, channels }: { means: Float32Array; start: number; channels: number },
): void {
  // Not by destructuring: the iterator of a typed array takes longer than all the sums.
  const a = starts[0]!, b = starts[1]!, c = starts[2]!, d = starts[3]!, e = starts[4]!;
  const f = starts[5]!, g = starts[6]!, h = starts[7]!, i = starts[8]!;
  const p = weights[0]!, q = weights[1]!, r = weights[2]!, s = weights[3]!, t = weights[4]!;
  const u = weights[5]!, v = weights[6]!, w = weights[7]!, x = weights[8]!;
  for (let k = 0; k < channels; k++) {
    means[start + k] = p * values[a + k]! + q * values[b + k]! + r * values[c + k]! +
      s * values[d + k]! + t * values[e + k]! + u * values[f + k]! +
      v * values[g + k]! + w * values[h + k]! + x * values[i + k]!;
  }
}
