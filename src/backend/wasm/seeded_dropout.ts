import type * as tf from "@tensorflow/tfjs";
import { type DropoutDraw, dropoutFactor } from "../dropout_mask.ts";
import { heapTensor, heapView } from "./heap.ts";

/** Multiplies by a mask that no memory holds. */
export function seededDropout(
  { x }: Record<"x", tf.TensorInfo>,
  draw: DropoutDraw,
): tf.Tensor {
  const result = heapTensor(x.shape);
  const [from, to] = [heapView(x), heapView(result)];
  // In single precision, as the mask of any device.
  const rounded = { ...draw, kept: Math.fround(draw.kept) };
  for (let i = 0; i < to.length; i++) to[i] = from[i]! * dropoutFactor(i, rounded);
  return result;
}
