import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { buildNetwork } from "../../src/network/build.ts";
import type { Network } from "../../src/network/network.ts";
import { readWeights, saveWeights, weightVariables } from "../../src/network/weights.ts";
import { Adam } from "../../src/train/adam.ts";
import {
  averagesOf,
  loadCheckpoint,
  readCheckpoint,
  type RunPosition,
  saveCheckpoint,
  weightsOf,
} from "../../src/train/checkpoint.ts";
import { statisticVariables, trainableVariables } from "../../src/train/step.ts";
import { madeHistory } from "./made_history.ts";

const POSITION: RunPosition = {
  epoch: 2,
  imagesDone: 640,
  step: 42,
  epochLossSum: 0.1 + 0.2,
  epochDataWaitSeconds: 0.25,
  trainedSeconds: 12.5,
  history: madeHistory(2),
};

Deno.test("a checkpoint brings back weights, moments, steps and position", async () => {
  await using run = await makeRun({ filters: 3, seed: 1 });
  await using other = await makeRun({ filters: 3, seed: 2 });
  takeStep(run);
  await saveCheckpoint(run.path, { ...run, position: POSITION, check: () => {} });
  const tensors = tf.memory().numTensors;
  assertEquals(await loadCheckpoint(run.path, other), POSITION);
  assertEquals(tf.memory().numTensors, tensors);
  assertEquals(other.adam.steps, 42);
  assertEquals(await stateOf(other), await stateOf(run));
  // Moments that are all zero would compare equal without having been saved.
  assert((await stateOf(run)).moments.some((values) => values.some((value) => value !== 0)));
});

Deno.test("a checkpoint brings back the averages, those of batch norm's statistics included", async () => {
  await using run = await makeRun({ filters: 3, seed: 1, emaDecay: 0.9 });
  await using other = await makeRun({ filters: 3, seed: 2, emaDecay: 0.9 });
  takeStep(run);
  await saveCheckpoint(run.path, { ...run, position: POSITION, check: () => {} });
  await loadCheckpoint(run.path, other);
  const state = await stateOf(run);
  assertEquals(await stateOf(other), state);
  const { arrays } = await readCheckpoint(run.path);
  const weights = [...weightsOf(arrays).values()].map(({ name, values }) => ({ name, values }));
  assertEquals(weights, state.weights); // no average, nothing of Adam's
  const averages = averagesOf(arrays)!;
  assertEquals([...averages.keys()], state.weights.map(({ name }) => name));
  assertEquals([...averages.values()].map(({ values }) => values), state.averages);
  assert(state.weights.some(({ name }) => name.includes("moving_variance")));
  assert(state.averages.some((values, i) => values[0] !== state.weights[i]!.values[0]));
});

Deno.test("a checkpoint without averages serves runs without them, and the other way round", async () => {
  await using plain = await makeRun({ filters: 3, seed: 1 });
  await using averaged = await makeRun({ filters: 3, seed: 2, emaDecay: 0.9 });
  await saveCheckpoint(plain.path, { ...plain, position: POSITION, check: () => {} });
  await saveCheckpoint(averaged.path, { ...averaged, position: POSITION, check: () => {} });
  assertEquals(averagesOf((await readCheckpoint(plain.path)).arrays), undefined);
  const before = [await stateOf(plain), await stateOf(averaged)];
  for (
    const [path, run, problem] of [
      [plain.path, averaged, "got a checkpoint without"],
      [averaged.path, plain, "got a checkpoint with them"],
    ] as const
  ) {
    const error = await assertRejects(() => loadCheckpoint(path, run), Error, path);
    assert((error.cause as Error).message.endsWith(problem), String(error.cause));
  }
  assertEquals([await stateOf(plain), await stateOf(averaged)], before);
});

Deno.test("a checkpoint of another network is refused by name", async () => {
  await using run = await makeRun({ filters: 3, seed: 1 });
  await using other = await makeRun({ filters: 4, seed: 2 });
  await saveCheckpoint(run.path, { ...run, position: POSITION, check: () => {} });
  const message = `Cannot resume from ${run.path}`;
  await assertRejects(() => loadCheckpoint(run.path, other), Error, message);
});

Deno.test("a checkpoint that was cut, or is none, is refused by name", async () => {
  await using run = await makeRun({ filters: 3, seed: 1 });
  await saveCheckpoint(run.path, { ...run, position: POSITION, check: () => {} });
  const whole = await Deno.readFile(run.path);
  const damaged: [bytes: Uint8Array, problem: RegExp][] = [
    [whole.subarray(0, whole.length - 1), /must lie inside the file/],
    [whole.subarray(0, 50), /the header must fit into the file/],
    [new Uint8Array(0), /at least 8 bytes/],
    [await saveWeights(run.network, "F32"), /it must tell the run's position, got none/],
  ];
  for (const [bytes, problem] of damaged) {
    await Deno.writeFile(run.path, bytes);
    const error = await assertRejects(() => readCheckpoint(run.path), Error, run.path);
    assert(problem.test((error.cause as Error).message), String(error.cause));
  }
  await Deno.remove(run.path);
  await assertRejects(() => readCheckpoint(run.path), Error, `Cannot read checkpoint ${run.path}`);
});

Deno.test("a checkpoint that cannot be written leaves the one before whole", async () => {
  await using run = await makeRun({ filters: 3, seed: 1 });
  await saveCheckpoint(run.path, { ...run, position: POSITION, check: () => {} });
  const before = await Deno.readFile(run.path);
  await Deno.mkdir(`${run.path}.tmp`); // where the draft would go
  takeStep(run);
  await assertRejects(
    () => saveCheckpoint(run.path, { ...run, position: POSITION, check: () => {} }),
    Error,
    run.path,
  );
  assertEquals(await Deno.readFile(run.path), before);
});

interface MadeRun extends AsyncDisposable {
  network: Network;
  adam: Adam;
  /** Where its checkpoint goes, in a folder of its own. */
  path: string;
}

async function makeRun(
  { filters, seed, emaDecay = null }: { filters: number; seed: number; emaDecay?: number | null },
): Promise<MadeRun> {
  await startBackend("wasm");
  const dir = await Deno.makeTempDir();
  const network = buildNetwork({ kind: "plain-cnn", filters: [filters] }, { seed });
  const adam = new Adam(trainableVariables(network), {
    learningRate: 0.1,
    emaDecay,
    statistics: statisticVariables(network),
  });
  const dispose = async () => {
    adam.dispose();
    network.dispose();
    await Deno.remove(dir, { recursive: true });
  };
  return { network, adam, path: `${dir}/checkpoint`, [Symbol.asyncDispose]: dispose };
}

function takeStep({ network, adam }: MadeRun): void {
  tf.tidy(() => adam.step(trainableVariables(network).map((variable) => tf.onesLike(variable))));
}

async function stateOf({ network, adam }: MadeRun) {
  const weights = (await readWeights(network)).map(({ name, values }) => ({ name, values }));
  const moments: Float32Array[] = [];
  for (const { first, second } of adam.moments) {
    moments.push(await first.data() as Float32Array, await second.data() as Float32Array);
  }
  const averages = await Promise.all(
    weightVariables(network).flatMap(({ variable }) => adam.averages.get(variable) ?? [])
      .map(async (average) => await average.data() as Float32Array),
  );
  return { weights, moments, averages };
}
