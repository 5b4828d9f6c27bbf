import type * as tf from "@tensorflow/tfjs";
import {
  type AdamStepAttributes,
  adamStepCall,
  type AdamStepInputs,
  CLIP_EPSILON,
  composeAdamStep,
} from "../adam_step.ts";
import { ownData } from "../own_data.ts";
import { type KernelCall, registerOwnKernel } from "../own_kernels.ts";
import { heapView } from "./heap.ts";
import { announceChange } from "./packed_kernels.ts";

/** Registers kernel `AdamStep`, which changes variables and returns nothing. */
export function registerAdamStep(): void {
  const [kernelName, backendName] = ["AdamStep", "wasm"] as const;
  registerOwnKernel({ kernelName, backendName, run: adamStep, compose: composeAdamStep });
}

/** Takes a step of Adam in place, in double precision between the stored values. */
function adamStep(call: KernelCall): tf.TensorInfo[] {
  const { tensors, numbers } = adamStepCall(call);
  const { weight, first, second, average } = tensors;
  const changed = [weight, first, second, ...(average ? [average] : [])];
  changed.forEach(ownData);
  moveWeights(tensors, numbers);
  if (average) moveAverage(tensors, numbers);
  changed.forEach(announceChange);
  return [];
}

function moveWeights(tensors: AdamStepInputs, numbers: AdamStepAttributes): void {
  const { stepSize, correction2, beta1, beta2, epsilon, decay } = numbers;
  const [weight, first, second] = [tensors.weight, tensors.first, tensors.second].map(heapView);
  const gradient = heapView(tensors.gradient);
  const factor = clipFactor(tensors, numbers);
  for (let i = 0; i < gradient.length; i++) {
    const slope = gradient[i]! * factor;
    const m = beta1 * first![i]! + (1 - beta1) * slope;
    const v = beta2 * second![i]! + (1 - beta2) * slope * slope;
    first![i] = m;
    second![i] = v;
    weight![i]! -= decay * weight![i]! + stepSize * m / (Math.sqrt(v / correction2) + epsilon);
  }
}

function clipFactor({ squaredNorm }: AdamStepInputs, { clipNorm }: AdamStepAttributes): number {
  if (!squaredNorm) return 1;
  return Math.min(1, clipNorm / (Math.sqrt(heapView(squaredNorm)[0]!) + CLIP_EPSILON));
}

function moveAverage(tensors: AdamStepInputs, { emaDecay }: AdamStepAttributes): void {
  const [weight, average] = [heapView(tensors.weight), heapView(tensors.average!)];
  for (let i = 0; i < weight.length; i++) {
    average[i]! += (1 - emaDecay) * (weight[i]! - average[i]!);
  }
}
