import type * as tf from "@tensorflow/tfjs";
import type { Network } from "./network.ts";

const FLOAT_BYTES = 4;

/** The largest activation of a network, for one picture. */
export interface LargestActivation {
  layer: string;
  bytes: number;
}

/**
 * Finds the largest activation that one picture of a size causes.
 * @returns Undefined for a network without layers.
 */
export function largestActivation(
  { layers }: Network,
  { heightPx, widthPx }: { heightPx: number; widthPx: number },
): LargestActivation | undefined {
  if (!layers) return undefined;
  const shapes = new Map<string, tf.Shape>();
  let largest: LargestActivation | undefined;
  for (const layer of layers.layers) {
    const sources = (layer as unknown as Graph).inboundNodes[0]!.inboundLayers;
    const inputs = sources.map(({ name }) => shapes.get(name)!);
    const shape = inputs.length === 0
      ? [1, heightPx, widthPx, layer.batchInputShape.at(-1)!]
      : layer.computeOutputShape(inputs.length === 1 ? inputs[0]! : inputs) as tf.Shape;
    shapes.set(layer.name, shape);
    const bytes = FLOAT_BYTES * shape.reduce<number>((product, side) => product * side!, 1);
    if (!largest || bytes > largest.bytes) largest = { layer: layer.name, bytes };
  }
  return largest;
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
