import type * as tf from "@tensorflow/tfjs";
import { composeMovingAverage, movingAverageCall } from "../moving_average.ts";
import { type KernelCall, registerOwnKernel } from "../own_kernels.ts";
import { ownData } from "../own_data.ts";
import { heapView } from "./heap.ts";
import { announceChange } from "./packed_kernels.ts";

/** Registers kernel `MovingAverage`, which changes a variable and returns nothing. */
export function registerMovingAverage(): void {
  const [kernelName, backendName] = ["MovingAverage", "wasm"] as const;
  registerOwnKernel({ kernelName, backendName, run: movingAverage, compose: composeMovingAverage });
}

function movingAverage(call: KernelCall): tf.TensorInfo[] {
  const { average, value, decay } = movingAverageCall(call);
  ownData(average);
  const [averages, values] = [heapView(average), heapView(value)];
  for (let i = 0; i < values.length; i++) averages[i]! += (1 - decay) * (values[i]! - averages[i]!);
  announceChange(average);
  return [];
}
