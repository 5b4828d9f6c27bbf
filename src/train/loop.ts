import * as tf from "@tensorflow/tfjs";
import type { Network, StepContext } from "../network/network.ts";
import type { Adam } from "./adam.ts";
import { loadCheckpoint, type RunPosition, startPosition } from "./checkpoint.ts";
import type { TrainingConfig } from "./config.ts";
import type { EpochRecord } from "./history.ts";
import { LossLog } from "./loss_log.ts";
import { objectiveOf, type TrainingShare } from "./objective.ts";
import { makeOptimizer } from "./optimizer.ts";
import { type Made, ReadAhead } from "./read_ahead.ts";
import type { ShareGroup } from "./share_group.ts";
import { imagesOfEpoch, type ShareRequest, shareRequests } from "./share_requests.ts";
import type { ShareSource } from "./share_source.ts";
import { shareGradients } from "./step.ts";

/** Mean squared error and mean per-image PSNR of ab / 128 over the validation images. */
export interface Validation {
  loss: number;
  psnr: number;
}

/** Everything that a run is made of. */
export interface Run {
  network: Network;
  images: { count: number; sizePx: number };
  /** Reads the images and makes shares of them; the caller closes it. */
  shares: ShareSource;
  config: TrainingConfig;
  /** The workers that share each batch; undefined when this one trains alone. */
  group: ShareGroup | undefined;
  /** Reads of the loss wait for the device: every so many steps. */
  lossEverySteps: number;
  /** Checkpoint to go on from; undefined to start. */
  resumeFrom: string | undefined;
  /** Measures the network after each epoch; each worker measures its share and gets the total. */
  validate(network: Network): Promise<Validation>;
  /** Throws the first error that the device reported. */
  checkDevice(): void;
  /** Called after each read of the loss. */
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

type Shares = ReadAhead<ShareRequest, TrainingShare>;

/**
 * Trains a network until its epochs are over or the user stops it.
 * @returns Whether all epochs are done.
 * @throws {Error} When the loss is not a number, naming epoch and step, or the device failed.
 */
export async function train(run: Run): Promise<boolean> {
  const { network, config } = run;
  const epochImages = imagesOfEpoch(run);
  const adam = makeOptimizer(network, { config, epochImages });
  const position = run.resumeFrom
    ? await loadCheckpoint(run.resumeFrom, { network, adam })
    : startPosition();
  const state: RunState = { network, adam, position, epochImages, recentLoss: undefined };
  const shares: Shares = new ReadAhead(shareRequests(run, position), run.shares);
  try {
    while (position.epoch < config.epochs) {
      if (!await trainEpoch(run, state, shares)) return false;
      await finishEpoch(run, state);
    }
    return true;
  } catch (error) {
    throw await failureOf(run, position, error);
  } finally {
    adam.dispose();
  }
}

/** What a run failed of: an error of the device outweighs those that followed from it. */
async function failureOf(run: Run, { epoch, step }: RunPosition, error: unknown): Promise<unknown> {
  await deviceEvents();
  try {
    run.checkDevice();
    return error;
  } catch (cause) {
    return new Error(`Cannot go on training in epoch ${epoch + 1}, at step ${step}`, { cause });
  }
}

/** Lets the event loop run: a device reports its errors there. */
function deviceEvents(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Trains to the end of the epoch; false when the user stopped the run, be it at the last step. */
async function trainEpoch(run: Run, state: RunState, shares: Shares): Promise<boolean> {
  const { position, epochImages } = state;
  const log = new LossLog(run.lossEverySteps);
  let stop = false;
  while (position.imagesDone < epochImages && !stop) {
    const startedMs = performance.now();
    const share = await nextShare(shares, position);
    const { batchImages } = share.request;
    const { loss, stopAgreed } = await trainStep(run, state, share);
    position.step++;
    position.imagesDone += batchImages;
    log.add(loss, { epoch: position.epoch + 1, step: position.step, images: batchImages });
    stop = stopAgreed;
    if (log.isDue || stop || position.imagesDone >= epochImages) {
      const read = await log.read();
      await deviceEvents();
      run.checkDevice();
      run.afterRead();
      position.epochLossSum += read.lossSum;
      state.recentLoss = read.lossSum / read.images;
    }
    position.trainedSeconds += (performance.now() - startedMs) / 1000;
    if (log.isEmpty) await run.onStep(state);
  }
  return !stop;
}

/** Waits for the next share, and counts for how long. */
async function nextShare(
  shares: Shares,
  position: RunPosition,
): Promise<Made<ShareRequest, TrainingShare>> {
  const before = shares.waitedMs;
  try {
    return (await shares.next())!;
  } catch (cause) {
    const { epoch, step } = position;
    throw new Error(`Cannot read the images of epoch ${epoch + 1}, step ${step + 1}`, { cause });
  } finally {
    position.epochDataWaitSeconds += (shares.waitedMs - before) / 1000;
  }
}

async function trainStep(
  run: Run,
  { adam, position }: RunState,
  { request, result }: Made<ShareRequest, TrainingShare>,
): Promise<{ loss: tf.Scalar | number; stopAgreed: boolean }> {
  const { network, config, group } = run;
  const { batchImages, firstImage, idle } = request;
  const context: StepContext = {
    training: true,
    seed: config.seed,
    step: position.step,
    batchImages,
    firstImage,
    sumOverShares: (partial) => group ? sumTensor(group, partial, { idle }) : partial,
  };
  const { loss, gradients } = shareGradients(network, result, context);
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
  const trainedSeconds = position.trainedSeconds - before;
  const validation = await state.adam.withAverages(() => run.validate(state.network));
  const loss = position.epochLossSum / epochImages;
  const record: EpochRecord = {
    epoch: position.epoch + 1,
    loss,
    validationLoss: validation.loss,
    psnr: objectiveOf(run.network.config).squaredError ? -10 * Math.log10(loss) : null,
    validationPsnr: validation.psnr,
    images: epochImages,
    imagesPerSecond: epochImages / trainedSeconds,
    dataWaitShare: position.epochDataWaitSeconds / trainedSeconds,
    trainedSeconds: position.trainedSeconds,
  };
  position.history.push(record);
  position.epoch++;
  position.imagesDone = 0;
  position.epochLossSum = 0;
  position.epochDataWaitSeconds = 0;
  await run.onEpoch(state, record);
}
