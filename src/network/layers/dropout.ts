import * as tf from "@tensorflow/tfjs";
import type { StepContext } from "../network.ts";
import { runKernel } from "./run_kernel.ts";

/**
 * Dropout whose mask is a pure function of seed, step, layer and place in the batch: an interrupted
 * run repeats it exactly, and shares of a batch see the mask that the whole batch would see.
 * Kept activations are scaled by 1 / (1 - rate).
 */
export class SeededDropout extends tf.layers.Layer {
  static className = "PolychromifyDropout";
  readonly #rate: number;
  readonly #layerIndex: number;

  /** @param config.layerIndex Tells this layer's masks from those of the network's other layers. */
  constructor(config: { name: string; rate: number; layerIndex: number }) {
    super({ name: config.name });
    this.#rate = config.rate;
    this.#layerIndex = config.layerIndex;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Partial<StepContext>): tf.Tensor {
    const features = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;
    if (!kwargs.training || this.#rate === 0) return tf.clone(features);
    const { seed, step, firstImage } = kwargs as StepContext;
    const valuesPerImage = features.size / (features.shape[0] as number);
    const draw: DropoutDraw = {
      rate: this.#rate,
      key: mixKey([seed, step, this.#layerIndex]),
      first: firstImage * valuesPerImage,
    };
    return runKernel("SeededDropout", { inputs: { x: features }, attributes: deviceDraw(draw) });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.#rate, layerIndex: this.#layerIndex };
  }
}

tf.serialization.registerClass(SeededDropout);

// The mask is drawn again for the gradient: that is cheaper than keeping it.
tf.registerGradient({
  kernelName: "SeededDropout",
  gradFunc: (dy, _, attributes) => ({
    x: () => runKernel("SeededDropout", { inputs: { x: dy }, attributes }),
  }),
});

/** What fixes a mask: value i depends on rate, key and `first + i` only. */
export interface DropoutDraw {
  rate: number;
  key: number;
  first: number;
}

/** A draw as the kernels take it, which compare integers: hash < rate * 2^32. */
function deviceDraw({ rate, key, first }: DropoutDraw) {
  return { threshold: thresholdOf(rate), kept: 1 / (1 - rate), key, first };
}

function thresholdOf(rate: number): number {
  return Math.min(Math.ceil(rate * 2 ** 32), 2 ** 32 - 1);
}

/**
 * The mask that the kernels draw, from a counter-based generator: the reference of both.
 * @returns 0 or 1 / (1 - rate), `size` of them.
 */
export function dropoutMask(size: number, { rate, key, first }: DropoutDraw): Float32Array {
  const mask = new Float32Array(size);
  const kept = 1 / (1 - rate);
  const threshold = thresholdOf(rate);
  for (let i = 0; i < size; i++) {
    if (hash32((first + i) ^ key) >= threshold) mask[i] = kept;
  }
  return mask;
}

/** Folds whole numbers into one 32-bit key. */
function mixKey(parts: number[]): number {
  return parts.reduce((key, part) => hash32((key + Math.imul(part, 0x9e3779b9)) ^ 0x85ebca6b), 0);
}

/**
 * A bijective 32-bit integer hash; 32-bit operations only, so that a shader gives the same bits.
 * @see C. Wellons, "Prospecting for Hash Functions", 2018 (the low-bias constants).
 */
function hash32(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0xd35a2d97);
  return (h ^ (h >>> 15)) >>> 0;
}
