import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type CardFacts,
  datasetInWords,
  modelCard,
  runInWords,
} from "../../../scripts/publish/card.ts";
import type { RunConfig } from "../../../scripts/train/run_folder.ts";
import { startPosition } from "../../../src/train/checkpoint.ts";
import { REPORT_TRAINING } from "../../../src/train/config.ts";

const RUN: RunConfig = {
  name: "tiny",
  network: { kind: "plain-cnn", filters: [2] },
  training: REPORT_TRAINING,
  dataDir: "data",
  device: "CPU",
  workers: 2,
  command: "deno task train tiny",
};

const FACTS: CardFacts = {
  title: "Tiny",
  run: RUN,
  position: { ...startPosition(), epoch: 2, imagesDone: 50, step: 9, trainedSeconds: 61 },
  trainingImages: 100,
  trainingSha256: "aa",
  dataset: "a folder of photographs",
  sizePx: 64,
  report: { split: "val", images: 0, device: "CPU", models: [] },
  evaluation: "deno task eval tiny",
  weights: "16-bit floats",
  averaged: false,
  averagedWith: [],
};

Deno.test("modelCard() tells of a run by the report's regime", () => {
  const card = modelCard(FACTS);
  for (
    const fact of [
      "- Seen: 250 images in 9 steps, 2.5 of the 25 epoch(s) asked for.",
      "- Began with: fresh weights.",
      "- Loss: mean squared error of ab / 128.",
      "- Regime: Adam, learning rate 0.001, batches of 64,\n  seed 0, no augmentation.",
      "published weights (16-bit floats) by",
      "It predicts the mean",
    ]
  ) assertStringIncludes(card, fact);
  assertEquals(card.match(/undefined|null|NaN|Weights:/), null);
});

Deno.test("datasetInWords() names what a joined data set was joined from", () => {
  assertEquals(datasetInWords({ dataset: "tiny-imagenet-200" }), "Tiny ImageNet 200");
  assertEquals(datasetInWords({ dataset: "photographs" }), "a folder of photographs");
  const parts = [
    { name: "tiny", dataset: "tiny-imagenet-200", trainingImages: 1000 },
    { name: "mine", dataset: "photographs", trainingImages: 20 },
  ] as const;
  assertEquals(
    datasetInWords({ dataset: "joined", parts }),
    "tiny (1,000 images) and mine (20 images)",
  );
});

Deno.test("modelCard() tells when classes had weights", () => {
  const training = { ...RUN.training, classWeights: { portraits: 2 } };
  const card = modelCard({ ...FACTS, run: { ...RUN, training } });
  assertStringIncludes(card, "100 images an epoch, by the weights of their classes (SHA-256");
});

Deno.test("modelCard() tells when dull images were left out", () => {
  const training = { ...RUN.training, minColorfulness: 18 };
  const card = modelCard({ ...FACTS, run: { ...RUN, training } });
  assertStringIncludes(card, "100 images of colorfulness 18 or more (SHA-256");
});

Deno.test("modelCard() tells of every setting of another regime, and of the first weights", () => {
  const run: RunConfig = {
    ...RUN,
    network: {
      kind: "palette",
      widths: [4, 8],
      encoderConvs: [0, 1],
      decoderConvs: [1],
      batchNorm: true,
    },
    training: {
      ...REPORT_TRAINING,
      schedule: "cosine",
      warmupSteps: 200,
      finalLearningRate: 1e-5,
      weightDecay: 0.01,
      clipNorm: 1,
      emaDecay: 0.999,
      augment: true,
      aged: 0.4,
    },
    init: { path: "models/tiny/weights.safetensors", sha256: "bb" },
  };
  const card = modelCard({ ...FACTS, run, averaged: true });
  for (
    const fact of [
      "- Began with: `models/tiny/weights.safetensors` (SHA-256 `bb`).",
      "- Loss: soft cross-entropy over bins of ab.",
      "AdamW, weight decay 0.01, learning rate 0.001, 200 steps of warm-up, cosine to 0.00001,",
      "gradients clipped to norm 1, averages of decay 0.999,\n  seed 0, flips and crops, 40% with other films, tones, grain and softness.",
      "published weights (16-bit floats, moving averages over the steps) by",
      "how likely each color is",
    ]
  ) assertStringIncludes(card, fact);
  assert(!card.includes("predicts the mean"));
});

Deno.test("modelCard() names what the weights are the mean of", () => {
  const [run, file] = ["`deno task train tiny --out a`", "`b.safetensors` (SHA-256 `bb`)"];
  const averagedWith = [run, file, run];
  const card = modelCard({ ...FACTS, averagedWith });
  assertStringIncludes(
    card,
    "- Weights: the mean of those of this run and of 3 more:\n" +
      "  - 2 times: `deno task train tiny --out a`\n  - `b.safetensors` (SHA-256 `bb`)\n",
  );
});

Deno.test("runInWords() tells what a run saw, unfinished epochs included", () => {
  const { run, position } = FACTS;
  const figures = { loss: 1, validationLoss: 1, validationPsnr: 20, psnr: null };
  const speed = { imagesPerSecond: 9, dataWaitShare: 0, trainedSeconds: 300 };
  const history = [1, 2].map((epoch) => ({ epoch, images: 1500, ...figures, ...speed }));
  const seen = { ...position, history, epoch: 2, imagesDone: 25, step: 95 };
  const words = runInWords({ run: { ...run, trainingSha256: "abc" }, position: seen });
  assertEquals(
    words,
    `\`${run.command}\`: 3,025 images in 95 steps on ${run.device}, pixels \`abc\``,
  );
});
