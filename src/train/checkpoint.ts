import * as tf from "@tensorflow/tfjs";
import { replaceFile } from "../data/files.ts";
import type { Network } from "../network/network.ts";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "../network/safetensors.ts";
import { assignWeights, readWeights } from "../network/weights.ts";
import type { Adam } from "./adam.ts";
import type { EpochRecord } from "./history.ts";
import { trainableVariables } from "./step.ts";

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

/** Writes weights, optimizer moments and position into one file, atomically. */
export async function saveCheckpoint(
  path: string,
  { network, adam, position }: { network: Network; adam: Adam; position: RunPosition },
): Promise<void> {
  const arrays = await readWeights(network);
  for (const [i, { first, second }] of adam.moments.entries()) {
    arrays.push(await namedArray(`adam/${i}/first`, first));
    arrays.push(await namedArray(`adam/${i}/second`, second));
  }
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
    const variables = trainableVariables(network);
    for (const [i, { first, second }] of adam.moments.entries()) {
      const shape = variables[i]!.shape;
      assignMoment(first, arrays.get(`adam/${i}/first`), shape);
      assignMoment(second, arrays.get(`adam/${i}/second`), shape);
    }
    assignWeights(network, arrays);
  } catch (cause) {
    throw new Error(`Cannot resume from ${path}`, { cause });
  }
  adam.steps = position.step;
  return position;
}

async function namedArray(name: string, variable: tf.Variable): Promise<NamedArray> {
  return { name, shape: variable.shape, values: await variable.data() as Float32Array };
}

function assignMoment(moment: tf.Variable, array: NamedArray | undefined, shape: number[]): void {
  if (array?.shape.join() !== shape.join()) {
    throw new RangeError(`Cannot load moments: shape must be [${shape}], got [${array?.shape}]`);
  }
  tf.tidy(() => moment.assign(tf.tensor(array!.values, shape)));
}

function parsePosition(json: string | undefined): RunPosition {
  if (!json) {
    throw new SyntaxError("Cannot read checkpoint: it must tell the run's position, got none");
  }
  return { ...startPosition(), ...JSON.parse(json) };
}
