/** Flags of `deno task train` that stand over the settings of a model. */
import { type ClassWeights, parseClassWeights } from "../../src/data/class_weights.ts";
import { parseTrainingConfig, type TrainingConfig } from "../../src/train/config.ts";
import { SCHEDULES } from "../../src/train/schedule.ts";
import { choiceFlag, integerFlag, numberFlag, textFlag } from "../command/flags.ts";
import { type Arguments, type Flag, UsageError } from "../command/run.ts";

export const TRAINING_FLAGS = {
  epochs: { type: "string", value: "N", help: "passes over the images (default: the model's)" },
  batch: {
    type: "string",
    value: "N",
    help: "images per step, or auto: as many as fit (default: the model's)",
  },
  "learning-rate": { type: "string", value: "X", help: "of Adam (default: the model's)" },
  schedule: { type: "string", value: "NAME", help: "of the learning rate: constant or cosine" },
  "warmup-steps": { type: "string", value: "N", help: "over which the learning rate rises" },
  "final-learning-rate": { type: "string", value: "X", help: "that a cosine ends with" },
  "weight-decay": { type: "string", value: "X", help: "of AdamW; 0 for none" },
  "clip-norm": { type: "string", value: "X", help: "the most norm of all gradients together" },
  "ema-decay": { type: "string", value: "X", help: "keep moving averages of the weights" },
  seed: { type: "string", value: "N", help: "fixes weights, order, dropout (default: 0)" },
  limit: {
    type: "string",
    value: "N",
    help: "train on N images from all over the split, validate on N / 10",
  },
  "class-weights": {
    type: "string",
    value: "FILE",
    help: 'JSON of how often each class is seen: {"portraits": 2, "*": 0.5}',
  },
  "min-colorfulness": {
    type: "string",
    value: "X",
    help: "leave out images of less: 18 for what is gray, toned or dull",
  },
  augment: { type: "boolean", help: "flip and crop the images at random" },
  aged: {
    type: "string",
    value: "X",
    help: "part of the images that a palette sees as old photographs have them",
  },
} satisfies Record<string, Flag>;

/**
 * Reads the weights of classes that a flag names.
 * @returns Undefined when the flag was not given.
 * @throws {Error} When the file cannot be read or holds something else, naming it.
 */
export async function classWeightsFlag(args: Arguments): Promise<ClassWeights | undefined> {
  const path = textFlag(args, "class-weights");
  if (path === undefined) return undefined;
  try {
    return parseClassWeights(JSON.parse(await Deno.readTextFile(path)));
  } catch (cause) {
    throw new Error(`Cannot use --class-weights ${path}`, { cause });
  }
}

/**
 * Puts flags over the settings of the model, or of the run so far.
 * @throws {UsageError} When a flag has a wrong value, or does not go with the other settings.
 */
export function trainingConfig(args: Arguments, usual: TrainingConfig): TrainingConfig {
  const given = {
    epochs: integerFlag(args, "epochs"),
    batch: args.values.batch === "auto" ? undefined : integerFlag(args, "batch"),
    learningRate: numberFlag(args, "learning-rate"),
    schedule: choiceFlag(args, "schedule", SCHEDULES),
    warmupSteps: integerFlag(args, "warmup-steps", { min: 0 }),
    finalLearningRate: numberFlag(args, "final-learning-rate", { min: 0 }),
    weightDecay: numberFlag(args, "weight-decay", { min: 0 }),
    clipNorm: numberFlag(args, "clip-norm"),
    emaDecay: numberFlag(args, "ema-decay", { below: 1 }),
    seed: integerFlag(args, "seed", { min: 0, max: 2 ** 31 - 1 }),
    augment: args.values.augment === true || undefined,
    aged: numberFlag(args, "aged", { min: 0 }),
    limit: integerFlag(args, "limit"),
    minColorfulness: numberFlag(args, "min-colorfulness", { min: 0, below: 255 }),
  };
  if (given.aged !== undefined && !(given.augment ?? usual.augment)) {
    throw new UsageError("Cannot use --aged where nothing is augmented: it needs --augment");
  }
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  try {
    return parseTrainingConfig({ ...usual, ...Object.fromEntries(set) });
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}
