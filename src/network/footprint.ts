import type * as tf from "@tensorflow/tfjs";
import type { Network } from "./network.ts";

const FLOAT_BYTES = 4;

/** A step keeps activations for the backward pass, makes a gradient of each, and works beside. */
const TRAINING_COPIES = 3;

/** An activation of a network, for one picture. */
export interface Activation {
  layer: string;
  bytes: number;
}

/** Sides of the pictures that a network is to see. */
export interface PictureSize {
  heightPx: number;
  widthPx: number;
}

/**
 * Finds the largest activation that one picture of a size causes.
 * @returns Undefined for a network without layers.
 */
export function largestActivation(
  network: Network,
  size: PictureSize,
): Activation | undefined {
  const [first, ...others] = activations(network, size);
  return others.reduce((most, next) => next.bytes > most.bytes ? next : most, first!);
}

/**
 * The most pictures that one training step can take by the sizes of its activations.
 * @param options.memoryBytes What all tensors of a step may take together.
 * @returns 0 when not even one picture fits.
 */
export function largestBatch(
  network: Network,
  { maxTensorBytes, memoryBytes, ...size }: PictureSize & {
    maxTensorBytes: number;
    memoryBytes: number;
  },
): number {
  const bytes = activations(network, size).map((activation) => activation.bytes);
  const all = TRAINING_COPIES * bytes.reduce((sum, each) => sum + each, 0);
  return Math.floor(Math.min(maxTensorBytes / Math.max(...bytes), memoryBytes / all));
}

/** What each layer gives for one picture, in the order of the layers. */
function activations({ layers }: Network, { heightPx, widthPx }: PictureSize): Activation[] {
  const shapes = new Map<string, tf.Shape>();
  return (layers?.layers ?? []).map((layer) => {
    const sources = (layer as unknown as Graph).inboundNodes[0]!.inboundLayers;
    const inputs = sources.map(({ name }) => shapes.get(name)!);
    const shape = inputs.length === 0
      ? [1, heightPx, widthPx, layer.batchInputShape.at(-1)!]
      : layer.computeOutputShape(inputs.length === 1 ? inputs[0]! : inputs) as tf.Shape;
    shapes.set(layer.name, shape);
    const bytes = FLOAT_BYTES * shape.reduce<number>((product, side) => product * side!, 1);
    return { layer: layer.name, bytes };
  });
}

/**
 * Makes sure that no activation of a batch exceeds what the device can bind. tfjs does not: its
 * result would silently be zeros.
 * @throws {RangeError} Naming the layer, its size and the batch that fits.
 */
export function checkBatchFits(
  network: Network,
  { images, heightPx, widthPx, maxTensorBytes }: {
    images: number;
    heightPx: number;
    widthPx: number;
    maxTensorBytes: number;
  },
): void {
  const largest = largestActivation(network, { heightPx, widthPx });
  if (!largest || images * largest.bytes <= maxTensorBytes) return;
  const fitting = Math.floor(maxTensorBytes / largest.bytes);
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  throw new RangeError(
    `Cannot run ${images} pictures of ${widthPx}x${heightPx} at once: layer ${largest.layer} must fit ` +
      `into the ${megabytes(maxTensorBytes)} that the device binds, got ${
        megabytes(images * largest.bytes)
      }; ${fitting > 0 ? `a batch of ${fitting} fits` : "not even one picture fits"}`,
  );
}

/** The part of tfjs' graph that its types leave out. */
interface Graph {
  inboundNodes: { inboundLayers: { name: string }[] }[];
}
