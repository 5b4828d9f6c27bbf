/** Models by name as predictors of the evaluation. */
import type { Device } from "../../src/backend/start.ts";
import { listModels, loadModel, type Model } from "../../src/colorize/model.ts";
import type { PredictOptions } from "../../src/colorize/predict.ts";
import { simulateHints } from "../../src/data/simulate_hints.ts";
import type { Predictor, PredictorTruth } from "../../src/eval/predictor.ts";
import { predictAtOwnSize } from "./own_size.ts";
import {
  HINT_ROWS,
  PALETTE_ROWS,
  parsePredictorName,
  type PredictorName,
} from "./predictor_name.ts";

/** Always in the table, first, and always those of the project. */
const TRIVIAL = ["gray", "mean"];
const PROJECT_MODELS = `${import.meta.dirname}/../../models`;

/** Enough for batches of one network at a time; each network has tensors of other sizes. */
const KEEP_BYTES = 2 ** 30;

/** Tells the hints of the evaluation from those of training; the same in every evaluation. */
const HINTS_KEY = 0x5eed;

/**
 * Loads the trivial predictors, then those asked for, each once.
 * @param names Models in `modelsDir`, alone or as `NAME@V` at a vividness and `NAME+N` with N
 * simulated hints; `all` stands for every model that has weights, a palette's at several settings.
 * @throws {RangeError} When a model is unknown, has no weights or cannot be used as its name says.
 */
export async function loadPredictors(
  names: string[],
  { modelsDir, device }: { modelsDir: string; device: Device },
): Promise<Predictor[]> {
  const predictors: Predictor[] = [];
  for (const name of TRIVIAL) {
    predictors.push(predictorOf(await loadModel(PROJECT_MODELS, name), name, device));
  }
  const models = new Map<string, Model>();
  for (const name of new Set(await namesOf(names, modelsDir))) {
    if (TRIVIAL.includes(name)) continue;
    const { model } = parsePredictorName(name);
    if (!models.has(model)) models.set(model, await loadModel(modelsDir, model));
    predictors.push(predictorOf(models.get(model)!, name, device));
  }
  return predictors;
}

/** Every row's name, with those that `all` stands for. */
async function namesOf(names: string[], modelsDir: string): Promise<string[]> {
  if (!names.includes("all")) return names;
  const trained = (await listModels(modelsDir)).filter(({ hasWeights }) => hasWeights);
  const rows = trained.flatMap(({ name, takesHints, takesVividness }) => {
    const settings = takesVividness ? PALETTE_ROWS : takesHints ? HINT_ROWS : [""];
    return settings.map((setting) => `${name}${setting}`);
  });
  return names.flatMap((name) => name === "all" ? rows : [name]);
}

function predictorOf(model: Model, text: string, device: Device): Predictor {
  const name = parsePredictorName(text);
  if (!model.network.palette && (name.vividness ?? name.decode) !== undefined) {
    throw new RangeError(
      `Cannot evaluate ${text}: ${name.model} must predict distributions of colors for @V, got a ` +
        "model that predicts one color for each pixel",
    );
  }
  if (!model.network.takesHints && name.hints !== undefined) {
    throw new RangeError(
      `Cannot evaluate ${text}: ${name.model} must take hints for +N, got a model that takes none`,
    );
  }
  return {
    name: text,
    parameters: model.network.parameterCount,
    async predictAb(lightness, shape, truth) {
      const ab = await predictAtOwnSize(model, lightness, shape, optionsOf(name, truth));
      device.check(); // a failed GPU operation gives zeros, which would pass for gray
      device.trim({ keepBytes: KEEP_BYTES });
      return ab;
    },
  };
}

function optionsOf(
  { vividness, decode, hints }: PredictorName,
  truth: PredictorTruth,
): PredictOptions {
  return {
    ...(decode && { decode }),
    ...(vividness !== undefined && { vividness }),
    ...(hints !== undefined && { hints: revealHints(truth, hints) }),
  };
}

/** Simulated hints of each picture, the same whatever the batch: [N, H, W, 3]. */
function revealHints({ ab, indices }: PredictorTruth, points: number): Float32Array {
  const pixels = ab.length / 2 / indices.length;
  const hints = new Float32Array(3 * pixels * indices.length);
  for (const [i, index] of indices.entries()) {
    simulateHints(
      ab.subarray(2 * i * pixels, 2 * (i + 1) * pixels),
      hints.subarray(3 * i * pixels, 3 * (i + 1) * pixels),
      { sizePx: Math.sqrt(pixels), keys: [HINTS_KEY, index], points },
    );
  }
  return hints;
}
