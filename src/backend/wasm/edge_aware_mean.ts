import type * as tf from "@tensorflow/tfjs";
import type { EdgeAwareMeanCall } from "../edge_aware_mean.ts";
import { heapTensor, heapView } from "./heap.ts";

/** Kernel `EdgeAwareMean` on the values where they lie. */
export function edgeAwareMean(
  { x, guide, dilation, deviation }: EdgeAwareMeanCall,
): tf.TensorInfo {
  const [images, height, width, channels] = x.shape;
  const result = heapTensor(x.shape);
  const [values, guides, means] = [heapView(x), heapView(guide), heapView(result)];
  means.fill(0);
  const scale = -1 / (2 * deviation ** 2);
  for (let at = 0; at < images * height * width; at++) {
    const column = at % width, row = Math.floor(at / width) % height;
    const own = guides[at]!, start = at * channels;
    let total = 0;
    for (let down = -1; down <= 1; down++) {
      const y = row + dilation * down;
      if (y < 0 || y >= height) continue;
      for (let across = -1; across <= 1; across++) {
        const x = column + dilation * across;
        if (x < 0 || x >= width) continue;
        const other = at + dilation * (down * width + across);
        const weight = Math.exp(scale * (guides[other]! - own) ** 2);
        total += weight;
        const from = other * channels;
        for (let c = 0; c < channels; c++) means[start + c]! += weight * values[from + c]!;
      }
    }
    for (let c = 0; c < channels; c++) means[start + c]! /= total;
  }
  return result;
}
