import { buildNetwork } from "../network/build.ts";
import { type NetworkConfig, parseNetworkConfig } from "../network/config.ts";
import { countParameters } from "../network/parameter_count.ts";
import type { Network } from "../network/network.ts";
import { loadWeights } from "../network/weights.ts";

/** A network with trained weights, ready to predict. */
export interface Model {
  /** The folder's name. */
  name: string;
  title: string;
  network: Network;
  /** Short side of the pictures that it was trained on: what it sees where no size is asked for. */
  sizePx: number;
}

/** What a model folder holds, without loading its weights. */
export interface ModelInfo {
  name: string;
  title: string;
  /** Weights in all; 0 for a constant. */
  parameters: number;
  /** Whether it can be loaded: its weights are there, or it has none to learn. */
  hasWeights: boolean;
  /** Whether colors that are known can be given to it. */
  takesHints: boolean;
  /** Whether it predicts distributions, which are decoded at a vividness. */
  takesVividness: boolean;
  /** Whether it tells the colors that a place may have. */
  suggestsColors: boolean;
  sizePx: number;
}

/** Short side where a configuration names none. */
export const SIZE_PX = 64;

/** There is no such model, or it is not trained yet; the message names those there are. */
export class ModelNotFoundError extends RangeError {
  override name = "ModelNotFoundError";
}

/**
 * Loads `modelsDir/NAME/config.json` and its `weights.safetensors`.
 * @throws {ModelNotFoundError} When the model is unknown or has no weights.
 * @throws {SyntaxError} When a file is damaged, naming it.
 */
export async function loadModel(modelsDir: string, name: string): Promise<Model> {
  const known = await listModelNames(modelsDir);
  // Only names found in the folder are ever joined to a path, so none can lead out of it.
  if (!known.includes(name)) {
    const got = JSON.stringify(name);
    throw new ModelNotFoundError(
      `Cannot load model: must be one of ${
        known.join(", ") || "none, as none is there"
      }, got ${got}`,
    );
  }
  const { title, sizePx, config } = await readConfig(modelsDir, name);
  const network = buildNetwork(config, { seed: "blank" });
  if (network.parameterCount > 0) await readWeightsInto(network, { modelsDir, name });
  return { name, title, network, sizePx };
}

/**
 * Names what a model predicts by: the SHA-256 of its configuration and weights.
 * @param name Of a model that was loaded.
 */
export async function modelVersion(modelsDir: string, name: string): Promise<string> {
  const files = [configPath(modelsDir, name), weightsPath(modelsDir, name)];
  const bytes = await Promise.all(
    files.map(async (path) => await isFile(path) ? await Deno.readFile(path) : new Uint8Array()),
  );
  const hash = await crypto.subtle.digest("SHA-256", await new Blob(bytes).arrayBuffer());
  return new Uint8Array(hash).toHex();
}

/**
 * Lists the models of a folder in the order of their names.
 * @throws {SyntaxError} When a config is damaged, naming it.
 */
export async function listModels(modelsDir: string): Promise<ModelInfo[]> {
  const infos: ModelInfo[] = [];
  for (const name of await listModelNames(modelsDir)) {
    const { title, sizePx, config } = await readConfig(modelsDir, name);
    const parameters = countParameters(config);
    const hasWeights = parameters === 0 || await isFile(weightsPath(modelsDir, name));
    const takesVividness = config.kind === "palette";
    // A distribution beside the colors, and points to choose from it for.
    const isGuided = takesVividness || config.kind === "siggraph17";
    const takes = { takesHints: isGuided, takesVividness, suggestsColors: isGuided };
    infos.push({ name, title, parameters, hasWeights, ...takes, sizePx });
  }
  return infos;
}

/**
 * The names of all folders of models, sorted.
 * @throws {Error} When the folder cannot be read, naming it.
 */
export async function listModelNames(modelsDir: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(modelsDir)) {
      if (await isFile(configPath(modelsDir, name))) names.push(name);
    }
  } catch (cause) {
    throw new Error(`Cannot list models: ${modelsDir} must be a folder that can be read`, {
      cause,
    });
  }
  return names.sort();
}

async function readConfig(
  modelsDir: string,
  name: string,
): Promise<{ title: string; config: NetworkConfig; sizePx: number }> {
  const path = configPath(modelsDir, name);
  try {
    const file: unknown = JSON.parse(await Deno.readTextFile(path));
    const { title, network, sizePx } = Object(file) as Record<string, unknown>;
    const isSize = sizePx === undefined || Number.isInteger(sizePx) && Number(sizePx) >= 8;
    if (!isSize) throw new TypeError(`sizePx must be a whole number, 8 or more, got ${sizePx}`);
    return {
      title: typeof title === "string" ? title : name,
      config: parseNetworkConfig(network),
      sizePx: Number(sizePx ?? SIZE_PX),
    };
  } catch (cause) {
    throw new SyntaxError(`Cannot load model ${name}: ${path} must be a model's config`, { cause });
  }
}

async function readWeightsInto(
  network: Network,
  { modelsDir, name }: { modelsDir: string; name: string },
): Promise<void> {
  const path = weightsPath(modelsDir, name);
  try {
    loadWeights(network, await Deno.readFile(path));
  } catch (cause) {
    network.dispose();
    if (cause instanceof Deno.errors.NotFound) {
      throw new ModelNotFoundError(
        `Cannot load model ${name}: weights.safetensors must be there, got none; ` +
          `train it with: deno task train ${name}, then: deno task publish ${name}`,
      );
    }
    throw new SyntaxError(`Cannot load model ${name}: ${path} must hold its weights`, { cause });
  }
}

function configPath(modelsDir: string, name: string): string {
  return `${modelsDir}/${name}/config.json`;
}

function weightsPath(modelsDir: string, name: string): string {
  return `${modelsDir}/${name}/weights.safetensors`;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
