/** Which images each step takes, in order: known ahead of need, and the same after a resume. */
import { shuffledIndex } from "../data/order.ts";
import type { TrainingConfig } from "./config.ts";
import type { SharePlace } from "./objective.ts";
import { shareOf } from "./share_group.ts";

/** This worker's share of one step's batch. */
export interface ShareRequest {
  /** Images to read, by index into the split, [count]. */
  indices: number[];
  place: SharePlace;
  /** Images of the whole batch, and the position in it of the first one at hand. */
  batchImages: number;
  firstImage: number;
  /**
   * A small batch may leave a worker without images, and kernels refuse empty tensors: such a
   * worker computes the first image along, for the exchanges to match, and adds zeros to each.
   */
  idle: boolean;
}

/** What decides the order of the images. */
export interface RequestOptions {
  config: TrainingConfig;
  images: { count: number; sizePx: number };
  /** The worker's place among those that share each batch; undefined when it trains alone. */
  group: { rank: number; members: number } | undefined;
}

/** Images of an epoch: all, or as many as the run is limited to. */
export function imagesOfEpoch({ config, images }: Omit<RequestOptions, "group">): number {
  return Math.min(config.limit ?? images.count, images.count);
}

/** The requests of all steps from a position of a run to its end. */
export function* shareRequests(
  options: RequestOptions,
  start: { epoch: number; imagesDone: number },
): Generator<ShareRequest, undefined> {
  const { epochs, batch } = options.config;
  const epochImages = imagesOfEpoch(options);
  for (let { epoch, imagesDone } = start; epoch < epochs; epoch++, imagesDone = 0) {
    for (; imagesDone < epochImages; imagesDone += batch) {
      const batchImages = Math.min(batch, epochImages - imagesDone);
      yield shareRequest(options, { epoch, imagesDone, batchImages });
    }
  }
}

function shareRequest(
  options: RequestOptions,
  { epoch, imagesDone, batchImages }: { epoch: number; imagesDone: number; batchImages: number },
): ShareRequest {
  const { config: { seed, augment, aged }, images: { sizePx }, group } = options;
  const share = group ? shareOf(batchImages, group) : { first: 0, count: batchImages };
  const idle = share.count === 0;
  const { first, count } = idle ? { first: 0, count: 1 } : share;
  const positions = Array.from({ length: count }, (_, i) => imagesDone + first + i);
  const order = { count: imagesOfEpoch(options), seed, epoch };
  // Splits are sorted by class: a limited run takes images from all over, not the first classes.
  const spread = options.images.count / order.count;
  return {
    indices: positions.map((position) => Math.floor(shuffledIndex(position, order) * spread)),
    place: { count, sizePx, seed, epoch, positions, augment, aged },
    batchImages,
    firstImage: share.first,
    idle,
  };
}
