/** Reads `models/NAME/config.json` for training. */
import { listModelNames } from "../../src/colorize/model.ts";
import { type NetworkConfig, parseNetworkConfig } from "../../src/network/config.ts";
import { parseTrainingConfig, type TrainingConfig } from "../../src/train/config.ts";
import { UsageError } from "../command/run.ts";

/** A model as its `config.json` describes it. */
export interface TrainableModel {
  title: string;
  network: NetworkConfig;
  training: TrainingConfig;
}

/**
 * Reads what to train and how; what the file leaves open is the report's regime.
 * @throws {UsageError} When there is no such model, naming those there are.
 * @throws {Error} When the folder or the file cannot be read, or the model has nothing to train.
 */
export async function readTrainableModel(modelsDir: string, name: string): Promise<TrainableModel> {
  const names = await listModelNames(modelsDir);
  if (!names.includes(name)) {
    throw new UsageError(`Cannot train: NAME must be one of ${names.join(", ")}, got ${name}`);
  }
  const path = `${modelsDir}/${name}/config.json`;
  try {
    const config = JSON.parse(await Deno.readTextFile(path));
    const network = parseNetworkConfig(config.network);
    if (network.kind === "constant") throw new TypeError("a constant has nothing to train");
    const training = parseTrainingConfig(config.training ?? {});
    return { title: config.title ?? name, network, training };
  } catch (cause) {
    throw new Error(`Cannot train ${name} by ${path}`, { cause });
  }
}
