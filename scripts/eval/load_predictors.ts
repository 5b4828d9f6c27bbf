/** Models by name as predictors of the evaluation. */
import type { Device } from "../../src/backend/start.ts";
import { listModels, loadModel, type Model } from "../../src/colorize/model.ts";
import { predictAb } from "../../src/colorize/predict.ts";
import type { Predictor } from "../../src/eval/predictor.ts";

/** Always in the table, first, and always those of the project. */
const TRIVIAL = ["gray", "mean"];
const PROJECT_MODELS = `${import.meta.dirname}/../../models`;

/** Enough for batches of one network at a time; each network has tensors of other sizes. */
const KEEP_BYTES = 2 ** 30;

/**
 * Loads the trivial predictors, then the models asked for, each once.
 * @param names Models in `modelsDir`; `all` stands for every one that has weights.
 * @throws {RangeError} When a model is unknown or has no weights.
 */
export async function loadPredictors(
  names: string[],
  { modelsDir, device }: { modelsDir: string; device: Device },
): Promise<Predictor[]> {
  const asked: string[] = [];
  for (const name of names) {
    if (name !== "all") asked.push(name);
    else for (const info of await listModels(modelsDir)) if (info.hasWeights) asked.push(info.name);
  }
  const predictors: Predictor[] = [];
  for (const name of TRIVIAL) {
    predictors.push(predictorOf(await loadModel(PROJECT_MODELS, name), device));
  }
  for (const name of new Set(asked)) {
    if (TRIVIAL.includes(name)) continue;
    predictors.push(predictorOf(await loadModel(modelsDir, name), device));
  }
  return predictors;
}

function predictorOf(model: Model, device: Device): Predictor {
  return {
    name: model.name,
    parameters: model.network.parameterCount,
    async predictAb(lightness, shape) {
      const ab = await predictAb(model, lightness, shape);
      device.check(); // a failed GPU operation gives zeros, which would pass for gray
      device.trim({ keepBytes: KEEP_BYTES });
      return ab;
    },
  };
}
