import * as tf from "@tensorflow/tfjs";
import { replaceFile } from "../data/files.ts";
import type { Network } from "../network/network.ts";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "../network/safetensors.ts";
import { assignWeights, readVariables, weightVariables } from "../network/weights.ts";
import type { Adam } from "./adam.ts";
import type { EpochRecord } from "./history.ts";

/** Where a run stands; with weights and moments it is all that a resumed run needs. */
export interface RunPosition {
  /** Epoch in progress, from 0, and the images of it that are done. */
  epoch: number;
  imagesDone: number;
  /** Optimizer steps since the start of the run. */
  step: number;
  /** Sum of loss times images over the epoch so far. */
  epochLossSum: number;
  /** Time that training waited for images, over the epoch so far. */
  epochDataWaitSeconds: number;
  /** Time spent training, over all sittings. */
  trainedSeconds: number;
  /** Finished epochs. */
  history: EpochRecord[];
}

/** The start of a run. */
export function startPosition(): RunPosition {
  return {
    epoch: 0,
    imagesDone: 0,
    step: 0,
    epochLossSum: 0,
    epochDataWaitSeconds: 0,
    trainedSeconds: 0,
    history: [],
  };
}

const POSITION_KEY = "polychromify_run";

/** Names of the averages in a checkpoint: this, and the name of the weight. */
const AVERAGE = "average/";
const ADAM = "adam/";

/** What a checkpoint is made of. */
interface CheckpointSource {
  network: Network;
  adam: Adam;
  position: RunPosition;
  /** Throws when the device failed, as it may have given zeros for what was read. */
  check(): void;
}

/**
 * Writes weights, their averages, optimizer moments and position into one file, atomically.
 * @throws {RangeError} When a value is not finite, naming it; the file stays as it was.
 */
export async function saveCheckpoint(
  path: string,
  { network, adam, position, check }: CheckpointSource,
): Promise<void> {
  const weights = weightVariables(network);
  const moments = adam.moments.flatMap(({ first, second }, i) => [
    { name: `${ADAM}${i}/first`, variable: first },
    { name: `${ADAM}${i}/second`, variable: second },
  ]);
  const averages = weights.flatMap(({ name, variable }) => {
    const average = adam.averages.get(variable);
    return average ? [{ name: AVERAGE + name, variable: average }] : [];
  });
  const arrays = await readVariables([...weights, ...moments, ...averages]);
  check();
  for (const { name, values } of arrays) checkFinite(name, values, position);
  const metadata = { [POSITION_KEY]: JSON.stringify(position) };
  await replaceFile(path, encodeSafetensors(arrays, { type: "F32", metadata }));
}

/**
 * Reads a checkpoint: weights and moments by name, and the position of the run.
 * @throws {Error} When the file cannot be read or is no checkpoint, naming it.
 */
export async function readCheckpoint(
  path: string,
): Promise<{ arrays: Map<string, NamedArray>; position: RunPosition }> {
  try {
    const { arrays, metadata } = decodeSafetensors(await Deno.readFile(path));
    return { arrays, position: parsePosition(metadata[POSITION_KEY]) };
  } catch (cause) {
    throw new Error(`Cannot read checkpoint ${path}`, { cause });
  }
}

/**
 * Loads a checkpoint into a network and its optimizer.
 * @throws {Error} When the file cannot be read or does not fit the network, naming it.
 */
export async function loadCheckpoint(
  path: string,
  { network, adam }: { network: Network; adam: Adam },
): Promise<RunPosition> {
  const { arrays, position } = await readCheckpoint(path);
  try {
    checkAverages(arrays, { wanted: adam.averages.size > 0 });
    for (const [i, { first, second }] of adam.moments.entries()) {
      assignState(first, arrays, `${ADAM}${i}/first`);
      assignState(second, arrays, `${ADAM}${i}/second`);
    }
    for (const { name, variable } of weightVariables(network)) {
      const average = adam.averages.get(variable);
      if (average) assignState(average, arrays, AVERAGE + name);
    }
    assignWeights(network, arrays);
  } catch (cause) {
    throw new Error(`Cannot resume from ${path}`, { cause });
  }
  adam.steps = position.step;
  return position;
}

/**
 * The moving averages of the weights in a checkpoint, by the names of the weights: what to publish.
 * @returns Undefined when the run kept none.
 */
export function averagesOf(arrays: Map<string, NamedArray>): Map<string, NamedArray> | undefined {
  const averages = [...arrays].filter(([name]) => name.startsWith(AVERAGE))
    .map(([name, array]) => [name.slice(AVERAGE.length), array] as const);
  return averages.length > 0 ? new Map(averages) : undefined;
}

/** The weights in a checkpoint, without averages and what Adam keeps. */
export function weightsOf(arrays: Map<string, NamedArray>): Map<string, NamedArray> {
  return new Map(
    [...arrays].filter(([name]) => !name.startsWith(AVERAGE) && !name.startsWith(ADAM)),
  );
}

/** Averages cannot begin in the middle of a run, nor end there unseen. */
function checkAverages(arrays: Map<string, NamedArray>, { wanted }: { wanted: boolean }): void {
  const found = averagesOf(arrays) !== undefined;
  if (found === wanted) return;
  const rule = wanted
    ? "emaDecay needs averages since the start of the run, got a checkpoint without"
    : "a run without emaDecay keeps no averages, got a checkpoint with them";
  throw new RangeError(`Cannot load averages: ${rule}`);
}

function assignState(
  variable: tf.Variable,
  arrays: Map<string, NamedArray>,
  name: string,
): void {
  const { shape } = variable;
  const array = arrays.get(name);
  if (array?.shape.join() !== shape.join()) {
    throw new RangeError(
      `Cannot load optimizer state: ${name} must have shape [${shape}], got [${array?.shape}]`,
    );
  }
  tf.tidy(() => variable.assign(tf.tensor(array!.values, shape)));
}

/** A loss shows what a step began with; what the step has made of it shows here at first. */
function checkFinite(name: string, values: Float32Array, { epoch, step }: RunPosition): void {
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad === undefined) return;
  throw new RangeError(
    `Cannot save a checkpoint: ${name} must be finite, got ${bad} in epoch ${
      epoch + 1
    }, step ${step}`,
  );
}

function parsePosition(json: string | undefined): RunPosition {
  if (!json) {
    throw new SyntaxError("Cannot read checkpoint: it must tell the run's position, got none");
  }
  return { ...startPosition(), ...JSON.parse(json) };
}
