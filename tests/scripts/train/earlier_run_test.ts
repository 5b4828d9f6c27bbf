import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  checkSameImages,
  checkSameTraining,
  type EarlierRun,
  readEarlierRun,
} from "../../../scripts/train/earlier_run.ts";
import {
  readRunConfig,
  type RunConfig,
  writeRunConfig,
} from "../../../scripts/train/run_folder.ts";
import { UsageError } from "../../../scripts/command/run.ts";
import type { NetworkConfig } from "../../../src/network/config.ts";
import { startPosition } from "../../../src/train/checkpoint.ts";
import { REPORT_TRAINING, type TrainingConfig } from "../../../src/train/config.ts";

const NETWORK: NetworkConfig = { kind: "plain-cnn", filters: [2] };
const CONFIG: RunConfig = {
  name: "tiny",
  network: NETWORK,
  training: REPORT_TRAINING,
  dataDir: "data",
  trainingSha256: "aa",
  device: "CPU",
  workers: 1,
  command: "deno task train tiny",
};
const EARLIER: EarlierRun = { config: CONFIG, position: { ...startPosition(), epoch: 3 } };

Deno.test("checkSameTraining() lets a run get more epochs, and nothing else", () => {
  checkSameTraining(REPORT_TRAINING, EARLIER);
  checkSameTraining({ ...REPORT_TRAINING, epochs: 40 }, EARLIER);
  checkSameTraining({ ...REPORT_TRAINING, epochs: 3 }, EARLIER);
  const changes = [
    [{ epochs: 2 }, "epochs must be 3 or more, which are done, got 2"],
    [{ learningRate: 0.1 }, "learningRate must stay 0.001 as the run began, got 0.1"],
    [{ augment: true }, "augment must stay false as the run began, got true"],
    [{ aged: 0.4 }, "aged must stay 1 as the run began, got 0.4"],
    [{ emaDecay: 0.9 }, "emaDecay must stay null as the run began, got 0.9"],
    [{ schedule: "cosine" }, "schedule must stay constant as the run began, got cosine"],
    [{ classWeights: { a: 2 } }, 'classWeights must stay null as the run began, got {"a":2}'],
    [{ limit: 5 }, "limit must stay null as the run began, got 5"],
  ] as const;
  for (const [change, problem] of changes) {
    const changed = { ...REPORT_TRAINING, ...change };
    assertThrows(() => checkSameTraining(changed, EARLIER), UsageError, problem);
  }
});

Deno.test("checkSameTraining() takes the same weights of classes, read again", () => {
  const weighted = () => ({ ...REPORT_TRAINING, classWeights: { a: 2, "*": 0.5 } });
  checkSameTraining(weighted(), { ...EARLIER, config: { ...CONFIG, training: weighted() } });
});

Deno.test("checkSameTraining() refuses more epochs under a cosine, which ends with them", () => {
  const training: TrainingConfig = { ...REPORT_TRAINING, schedule: "cosine" };
  const earlier = { ...EARLIER, config: { ...CONFIG, training } };
  checkSameTraining(training, earlier);
  const problem = "epochs must stay 25 as the run began, since its cosine schedule ends with them";
  const more = { ...training, epochs: 40 };
  assertThrows(() => checkSameTraining(more, earlier), UsageError, problem);
});

Deno.test("readRunConfig() takes the report's settings for those that an old run has not", async () => {
  const runDir = await Deno.makeTempDir();
  try {
    const { epochs, batch, learningRate, seed, augment, limit } = REPORT_TRAINING;
    const training = { epochs, batch, learningRate, seed, augment, limit };
    await Deno.writeTextFile(`${runDir}/config.json`, JSON.stringify({ ...CONFIG, training }));
    const { training: read } = (await readRunConfig(runDir))!;
    checkSameTraining(read, EARLIER);
    assertEquals(read, REPORT_TRAINING);
  } finally {
    await Deno.remove(runDir, { recursive: true });
  }
});

Deno.test("checkSameImages() refuses another data set, wherever it lies", () => {
  checkSameImages({ dataDir: "moved", trainingSha256: "aa" }, EARLIER);
  const other = { dataDir: "data", trainingSha256: "bb" };
  assertThrows(() => checkSameImages(other, EARLIER), UsageError, "data must hold the training");
});

Deno.test("readEarlierRun() refuses the run of another model or network", async () => {
  const runDir = await Deno.makeTempDir();
  try {
    await writeRunConfig(runDir, CONFIG);
    await Deno.writeTextFile(`${runDir}/checkpoint.safetensors`, "");
    const read = (name: string, network: NetworkConfig) => () =>
      readEarlierRun(runDir, { name, network });
    await assertRejects(read("cnn", NETWORK), UsageError, "must be a run of cnn, got tiny");
    const wider: NetworkConfig = { kind: "plain-cnn", filters: [4] };
    await assertRejects(read("tiny", wider), UsageError, "the network of tiny must stay");
    const error = await assertRejects(read("tiny", NETWORK), Error, "Cannot read checkpoint");
    assertEquals(error instanceof UsageError, false);
  } finally {
    await Deno.remove(runDir, { recursive: true });
  }
});
