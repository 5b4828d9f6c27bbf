import * as tf from "@tensorflow/tfjs";
import { shuffledIndex } from "../data/order.ts";
import type { ImageSplit } from "../data/split.ts";
import type { Network, StepContext } from "../network/network.ts";
import { Adam } from "./adam.ts";
import { loadCheckpoint, type RunPosition, startPosition } from "./checkpoint.ts";
import type { TrainingConfig } from "./config.ts";
import type { EpochRecord } from "./history.ts";
import { LossLog } from "./loss_log.ts";
import { objectiveOf, type TrainingShare } from "./objective.ts";
import { type ShareGroup, shareOf } from "./share_group.ts";
import { shareGradients, trainableVariables } from "./step.ts";

/** Mean squared error and mean per-image PSNR of ab / 128 over the validation images. */
export interface Validation {
  loss: number;
  psnr: number;
}

/** Everything that a run is made of. */
export interface Run {
  network: Network;
  images: ImageSplit;
  config: TrainingConfig;
  /** The workers that share each batch; undefined when this one trains alone. */
  group: ShareGroup | undefined;
  /** Reads of the loss wait for the device: every so many steps. */
  lossEverySteps: number;
  /** Checkpoint to go on from; undefined to start. */
  resumeFrom: string | undefined;
  /** Measures the network after each epoch; each worker measures its share and gets the total. */
  validate(network: Network): Promise<Validation>;
  /** Called after each read of the loss; throws the first error that the device reported. */
  afterRead(): void;
  /** Whether the user wants to stop; the run then ends after the step. */
  shouldStop(): boolean;
  /** Called after every step and epoch; saves, prints, draws. */
  onStep(state: RunState): Promise<void>;
  onEpoch(state: RunState, record: EpochRecord): Promise<void>;
}

/** What a run hands to its callbacks. */
export interface RunState {
  network: Network;
  adam: Adam;
  position: RunPosition;
  /** Images of an epoch. */
  epochImages: number;
  /** Mean loss since the last read; undefined when none was read yet. */
  recentLoss: number | undefined;
}

/**
 * Trains a network until its epochs are over or the user stops it.
 * @returns Whether all epochs are done.
 * @throws {Error} When the loss is not a number, naming epoch and step, or the device failed.
 */
export async function train(run: Run): Promise<boolean> {
  const { network, config, images } = run;
  const adam = new Adam(trainableVariables(network), config);
  const position = run.resumeFrom
    ? await loadCheckpoint(run.resumeFrom, { network, adam })
    : startPosition();
  const epochImages = Math.min(config.limit ?? images.count, images.count);
  const state: RunState = { network, adam, position, epochImages, recentLoss: undefined };
  try {
    while (position.epoch < config.epochs) {
      if (!await trainEpoch(run, state)) return false;
      await finishEpoch(run, state);
    }
    return true;
  } finally {
    adam.dispose();
  }
}

/** Trains to the end of the epoch; false when the user stopped the run, be it at the last step. */
async function trainEpoch(run: Run, state: RunState): Promise<boolean> {
  const { config } = run;
  const { position, epochImages } = state;
  const log = new LossLog(run.lossEverySteps);
  let stop = false;
  while (position.imagesDone < epochImages && !stop) {
    const startedMs = performance.now();
    const batchImages = Math.min(config.batch, epochImages - position.imagesDone);
    const { loss, stopAgreed } = await trainStep(run, state, batchImages);
    position.step++;
    position.imagesDone += batchImages;
    log.add(loss, { epoch: position.epoch + 1, step: position.step, images: batchImages });
    stop = stopAgreed;
    if (log.isDue || stop || position.imagesDone >= epochImages) {
      const read = await log.read();
      run.afterRead();
      position.epochLossSum += read.lossSum;
      state.recentLoss = read.lossSum / read.images;
    }
    position.trainedSeconds += (performance.now() - startedMs) / 1000;
    if (log.isEmpty) await run.onStep(state);
  }
  return !stop;
}

async function trainStep(
  run: Run,
  { adam, position }: RunState,
  batchImages: number,
): Promise<{ loss: tf.Scalar | number; stopAgreed: boolean }> {
  const { network, config, group } = run;
  const share = group ? shareOf(batchImages, group) : { first: 0, count: batchImages };
  // A small batch may leave a worker without images, and kernels refuse empty tensors: such a
  // worker computes the first image along, for the exchanges to match, and adds zeros to each.
  const idle = share.count === 0;
  const batch = await readBatch(run, position, idle ? { first: 0, count: 1 } : share);
  const context: StepContext = {
    training: true,
    seed: config.seed,
    step: position.step,
    batchImages,
    firstImage: share.first,
    sumOverShares: (partial) => group ? sumTensor(group, partial, { idle }) : partial,
  };
  const { loss, gradients } = shareGradients(network, batch, context);
  if (!group) {
    adam.step(gradients);
    tf.dispose(gradients);
    return { loss, stopAgreed: run.shouldStop() };
  }
  const summed = await sumGradients(group, [loss, ...gradients], {
    idle,
    stop: run.shouldStop(),
  });
  adam.step(summed.gradients);
  tf.dispose([loss, ...gradients, ...summed.gradients]);
  return summed;
}

async function readBatch(
  { network, images, config }: Run,
  { epoch, imagesDone }: RunPosition,
  { first, count }: { first: number; count: number },
): Promise<TrainingShare> {
  const { sizePx } = images;
  const { seed, augment } = config;
  const epochImages = Math.min(config.limit ?? images.count, images.count);
  const positions = Array.from({ length: count }, (_, i) => imagesDone + first + i);
  const rgb = await images.readImages(
    positions.map((position) => shuffledIndex(position, { count: epochImages, seed, epoch })),
  );
  const place = { count, sizePx, seed, epoch, positions, augment };
  return objectiveOf(network.config).makeShare(rgb, place);
}

/** Sums a layer's statistics over the group; a layer cannot wait for a promise. */
function sumTensor(
  group: ShareGroup,
  partial: tf.Tensor1D,
  { idle }: { idle: boolean },
): tf.Tensor1D {
  // Groups run on WASM, where reading at once is free.
  const part = idle ? new Float32Array(partial.size) : partial.dataSync();
  return tf.tensor1d(group.sum([part]).slice());
}

/** Sums loss, gradients and the wish to stop over the group, in one exchange. */
async function sumGradients(
  group: ShareGroup,
  [loss, ...gradients]: [tf.Scalar, ...tf.Tensor[]],
  { idle, stop }: { idle: boolean; stop: boolean },
): Promise<{ gradients: tf.Tensor[]; loss: number; stopAgreed: boolean }> {
  const parts = await Promise.all(
    [loss, ...gradients].map((tensor) => idle ? new Float32Array(tensor.size) : tensor.data()),
  );
  const sum = group.sum([[stop ? 1 : 0], ...parts as Float32Array[]]);
  let offset = 2;
  const summed = gradients.map(({ shape, size }) => {
    offset += size;
    return tf.tensor(sum.slice(offset - size, offset), shape);
  });
  return { gradients: summed, loss: sum[1]!, stopAgreed: sum[0]! > 0 };
}

async function finishEpoch(run: Run, state: RunState): Promise<void> {
  const { position, epochImages } = state;
  const before = position.history.at(-1)?.trainedSeconds ?? 0;
  const validation = await run.validate(state.network);
  const loss = position.epochLossSum / epochImages;
  const record: EpochRecord = {
    epoch: position.epoch + 1,
    loss,
    validationLoss: validation.loss,
    psnr: -10 * Math.log10(loss),
    validationPsnr: validation.psnr,
    images: epochImages,
    imagesPerSecond: epochImages / (position.trainedSeconds - before),
    trainedSeconds: position.trainedSeconds,
  };
  position.history.push(record);
  position.epoch++;
  position.imagesDone = 0;
  position.epochLossSum = 0;
  await run.onEpoch(state, record);
}
